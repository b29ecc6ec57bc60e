#include "rules/language/like.h"

#include "rules/language/call.h"

namespace xsaudit {
namespace {

Reads reads_of(const Expression& path, const NamedPatterns& patterns, const Expression* body) {
  Reads reads = path.reads() | patterns.outer_reads();
  if (body != nullptr) reads = reads | body->reads().without(patterns.slots());
  return reads;
}

}  // namespace

Like::Like(ExpressionPtr path, NamedPatterns patterns, ExpressionPtr body)
    : Expression(body == nullptr ? kBoolean : body->type(), reads_of(*path, patterns, body.get())),
      path_(std::move(path)),
      patterns_(std::move(patterns)),
      body_(std::move(body)) {}

Value Like::evaluate(Frame& frame) const {
  const Value path = path_->evaluate(frame);
  if (path.is(Value::Kind::unknown)) return frame.undecided(path);
  if (path.is(Value::Kind::null)) return nothing_of(type());
  if (const Unknown* const position = position_unknown(frame, path)) return Value::of(position);
  const std::span<Value> outer = frame.arena.array<Value>(patterns_.variables.size());
  for (std::size_t i = 0; i < outer.size(); ++i) {
    if (patterns_.variables[i].outer == nullptr) continue;
    outer[i] = patterns_.variables[i].outer->evaluate(frame);
    if (outer[i].is(Value::Kind::unknown)) return frame.undecided(outer[i]);
    if (outer[i].is(Value::Kind::null)) return nothing_of(type());
  }
  const std::string_view text = frame.text_of(path);
  std::vector<Binding> bindings;
  for (const NamedPatterns::Alternative& alternative : patterns_.alternatives) {
    if (!alternative.pattern.matches(text, bindings)) continue;
    if (!patterns_.agree(frame, alternative, bindings, outer)) continue;
    if (body_ == nullptr) return Value::of(true);
    patterns_.bind(frame, alternative, bindings);
    return body_->evaluate(frame);
  }
  return nothing_of(type());
}

}  // namespace xsaudit
