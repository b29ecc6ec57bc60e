#include "rules/eval/text_match.h"

#include <array>
#include <charconv>

#include "rules/eval/call.h"
#include "rules/functions/store_index.h"
#include "store/path.h"

namespace xsaudit {

Value TextMatch::evaluate(EvalContext& context) const {
  Dependence dependence;
  const Value text = dependence.take(text_->evaluate(context));
  if (text.is(Value::Kind::unknown)) return text;
  if (text.is(Value::Kind::null)) return dependence.give(Value::of(false));
  const std::string_view bytes = context.text_of(text);
  context.step(bytes.size());
  return dependence.give(Value::of(pattern_->found_in(bytes)));
}

namespace {

Reads reads_of(const Expression& path, const NamedPatterns& patterns, const Expression* body) {
  Reads reads = path.reads() | patterns.outer_reads();
  if (body != nullptr) reads = reads | body->reads().without(patterns.slots());
  return reads;
}

}  // namespace

MatchesPattern::MatchesPattern(ExpressionPtr path, NamedPatterns patterns, ExpressionPtr body)
    : Expression(body == nullptr ? kBoolean : body->type(), reads_of(*path, patterns, body.get())),
      path_(std::move(path)),
      patterns_(std::move(patterns)),
      body_(std::move(body)) {}

Value MatchesPattern::evaluate(EvalContext& context) const {
  Dependence dependence;
  const Value path = dependence.take(path_->evaluate(context));
  if (path.is(Value::Kind::unknown)) return context.undecided(path);
  if (path.is(Value::Kind::null)) return dependence.give(nothing_of(type()));
  if (const Unknown* const position = position_unknown(context, path)) {
    return dependence.give(Value::of(position));
  }
  const std::span<Value> outer = context.arena.array<Value>(patterns_.variables.size());
  for (std::size_t i = 0; i < outer.size(); ++i) {
    if (patterns_.variables[i].outer == nullptr) continue;
    outer[i] = dependence.take(patterns_.variables[i].outer->evaluate(context));
    if (outer[i].is(Value::Kind::unknown)) return dependence.give(context.undecided(outer[i]));
    if (outer[i].is(Value::Kind::null)) return dependence.give(nothing_of(type()));
  }
  const bool of_node = path.is(Value::Kind::path) && path.size == 0;
  const std::string_view text = of_node ? std::string_view() : context.text_of(path);
  std::vector<Binding> bindings;
  for (const NamedPatterns::Alternative& alternative : patterns_.alternatives) {
    const Pattern& pattern = alternative.pattern;
    const bool matches = of_node ? context.store_index.matches(pattern, path.node, bindings)
                                 : pattern.matches(text, bindings);
    if (!matches) continue;
    if (!patterns_.agree(context, alternative, bindings, outer)) continue;
    if (body_ == nullptr) return dependence.give(Value::of(true));
    patterns_.bind(context, alternative, bindings);
    return dependence.give(body_->evaluate(context));
  }
  return dependence.give(nothing_of(type()));
}

namespace {

Reads reads_of(const std::vector<PathTemplate::Piece>& pieces) {
  Reads reads;
  for (const PathTemplate::Piece& piece : pieces) {
    if (piece.name != nullptr) reads = reads | piece.name->reads();
  }
  return reads;
}

}  // namespace

PathTemplate::PathTemplate(std::vector<Piece> pieces)
    : Expression(kText, reads_of(pieces)), pieces_(std::move(pieces)) {}

Value PathTemplate::evaluate(EvalContext& context) const {
  Dependence dependence;
  std::array<char, kMaxPathBytes> path;
  std::size_t size = 0;
  const auto append = [&](std::string_view text) {
    if (text.size() > path.size() - size) return false;
    text.copy(path.data() + size, text.size());
    size += text.size();
    return true;
  };
  for (const Piece& piece : pieces_) {
    bool fits = append(piece.text);
    if (piece.name != nullptr) {
      const Value value = dependence.take(piece.name->evaluate(context));
      if (value.is(Value::Kind::null)) return dependence.give(value);
      if (value.is(Value::Kind::unknown)) return dependence.give(context.undecided(value));
      if (value.is(Value::Kind::integer)) {
        char* const begin = path.data() + size;
        const auto [end, failed] = std::to_chars(begin, path.data() + path.size(), value.integer);
        fits = fits && failed == std::errc();
        if (fits) size += static_cast<std::size_t>(end - begin);
      } else {
        fits = fits && append(context.text_of(value));
      }
    }
    if (!fits) return dependence.give({});  // the path would be too long
  }
  return dependence.give(Value::of(context.arena.copy({path.data(), size})));
}

}  // namespace xsaudit
