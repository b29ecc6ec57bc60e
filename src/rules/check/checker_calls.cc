// The part of the checker for calls: of functions, of methods, and of special forms that bind names
// of their own.
#include "base/error.h"
#include "base/escape.h"
#include "rules/check/checker.h"
#include "rules/check/names.h"
#include "rules/eval/call.h"
#include "rules/eval/text_match.h"
#include "yaml/yaml_document.h"

namespace xsaudit {
namespace {

bool accepts(Type parameter, Type given) {
  const bool any_list = parameter == list_of(Type::Kind::null);
  return any_list ? given.is(Type::Kind::list) : fits(given, parameter);
}

}  // namespace

Result<ExpressionPtr> Checker::call(const Syntax& syntax) {
  if (syntax.text == "any") return search(syntax, SearchParts::Kind::any);
  if (syntax.text == "all") return search(syntax, SearchParts::Kind::all);
  if (syntax.text == "count") return search(syntax, SearchParts::Kind::count);
  if (syntax.text == "matches_pattern") return like(syntax);
  if (syntax.text == "path") return path(syntax);
  return function(syntax, false);
}

Result<ExpressionPtr> Checker::method(const Syntax& syntax) {
  if (syntax.text == "matches") return matches(syntax);
  if (syntax.text == "exists") return list_method(syntax, ListMethod::Kind::exists);
  if (syntax.text == "all") return list_method(syntax, ListMethod::Kind::all);
  if (syntax.text == "filter") return list_method(syntax, ListMethod::Kind::filter);
  if (syntax.text == "map") return list_method(syntax, ListMethod::Kind::map);
  return function(syntax, true);
}

Result<ExpressionPtr> Checker::function(const Syntax& syntax, bool method) {
  const std::span<const Function* const> found = find_functions(syntax.text, method);
  if (found.empty()) {
    std::vector<std::string_view> known = function_names(method);
    for (const char* special : {"any", "all", "count", "matches_pattern", "path"}) {
      if (!method) known.emplace_back(special);
    }
    for (const char* special : {"matches", "exists", "all", "filter", "map"}) {
      if (method) known.emplace_back(special);
    }
    return text_.error(syntax.offset,
                       std::string("there is no ") + (method ? "method " : "function ") +
                           single_quoted(syntax.text),
                       did_you_mean(syntax.text, known));
  }
  std::vector<ExpressionPtr> arguments;
  arguments.reserve(syntax.children.size());
  for (const Syntax& child : syntax.children) {
    XSAUDIT_ASSIGN(auto made, check(child));
    arguments.push_back(std::move(made));
  }
  for (const Function* const function : found) {
    bool good = function->parameters.size() == arguments.size();
    for (std::size_t i = 0; i < arguments.size() && good; ++i) {
      good = accepts(function->parameters[i], arguments[i]->type());
    }
    if (!good) continue;
    auto call = std::make_unique<const Call>(*function, std::move(arguments));
    if (!call->same_for_store()) return ExpressionPtr(std::move(call));
    return ExpressionPtr(std::make_unique<StoreCall>(std::move(call), scope_.new_store_value()));
  }
  return wrong_arguments(syntax, *found.front(), arguments);
}

Error Checker::wrong_arguments(const Syntax& syntax, const Function& function,
                               const std::vector<ExpressionPtr>& arguments) const {
  for (std::size_t i = 0; i < arguments.size() && i < function.parameters.size(); ++i) {
    const Type given = arguments[i]->type();
    if (arguments.size() != function.parameters.size()) break;
    if (accepts(function.parameters[i], given)) continue;
    return text_.error(syntax.children[i].offset,
                       std::string(function.signature) + " takes " +
                           to_text(function.parameters[i]) + " here, not " + to_text(given),
                       conversion_hint(given, function.parameters[i]));
  }
  return text_.error(syntax.offset, "it is called as " + std::string(function.signature));
}

// A text written out, as the arguments of some functions must be.

Result<const Syntax*> Checker::literal(const Syntax& syntax, std::size_t argument,
                                       const char* what) const {
  if (syntax.children.size() <= argument) {
    return text_.error(syntax.offset, syntax.text + "(...) lacks " + what);
  }
  const Syntax& given = syntax.children[argument];
  if (given.kind == Syntax::Kind::text) return &given;
  return text_.error(given.offset, std::string(what) + " is written out, in quotes");
}

Status Checker::at_most(const Syntax& syntax, std::size_t arguments) const {
  if (syntax.children.size() <= arguments) return ok();
  return text_.error(syntax.children[arguments].offset,
                     syntax.text + "(...) has an argument too many");
}

Result<ExpressionPtr> Checker::matches(const Syntax& syntax) {
  XSAUDIT_ASSIGN(auto text, check(syntax.children[0], kText, "the matched text"));
  XSAUDIT_ASSIGN(auto written, literal(syntax, 1, "the regular expression"));
  XSAUDIT_TRY(at_most(syntax, 2));
  auto pattern = std::make_unique<const Regex>(written->text, Regex::Alphabet::bytes);
  const std::string problem = text_.built_in ? "" : pattern->problem();
  if (!problem.empty()) {
    return text_.error(written->offset,
                       "the regular expression is wrong: " + escape_shortened(problem));
  }
  return ExpressionPtr(std::make_unique<TextMatch>(std::move(text), std::move(pattern)));
}

Result<ExpressionPtr> Checker::list_method(const Syntax& syntax, ListMethod::Kind kind) {
  XSAUDIT_ASSIGN(auto list, check(syntax.children[0]));
  const Type type = list->type();
  const bool domains = type.is(Type::Kind::domains);
  if (!domains && !type.is(Type::Kind::list)) {
    return text_.error(syntax.offset, "only lists and sets of domains have ." + syntax.text +
                                          "(...): this is " + to_text(type));
  }
  if (syntax.children.size() != 3 || syntax.children[1].kind != Syntax::Kind::name) {
    return text_.error(syntax.offset, "it is called as ." + syntax.text +
                                          "(x, ...), x being a name for each item");
  }
  const Syntax& name = syntax.children[1];
  if (scope_.find(name.text) != nullptr) {
    return text_.error(name.offset, single_quoted(name.text) + " is a name already");
  }
  const std::size_t mark = scope_.mark();
  const Type item = domains ? kInteger : Type{type.item, Type::Kind::null};
  const auto slot = scope_.bind(name.text, item);
  if (!slot) return text_.error(name.offset, kTooManyNames);
  auto body = kind == ListMethod::Kind::map ? check(syntax.children[2])
                                            : check(syntax.children[2], kBoolean, "the condition");
  scope_.forget_since(mark);
  XSAUDIT_TRY(body);
  const Type given = (*body)->type();
  if (given.is(Type::Kind::list) || given.is(Type::Kind::domains)) {
    return text_.error(syntax.children[2].offset, "a list cannot hold " + to_text(given));
  }
  Type result = kBoolean;
  if (kind == ListMethod::Kind::filter) result = list_of(item.kind);
  if (kind == ListMethod::Kind::map) result = list_of(given.kind);
  return ExpressionPtr(
      std::make_unique<ListMethod>(kind, result, std::move(list), *slot, *std::move(body)));
}

Result<ExpressionPtr> Checker::search(const Syntax& syntax, SearchParts::Kind kind) {
  XSAUDIT_ASSIGN(auto written, literal(syntax, 0, "the pattern"));
  XSAUDIT_TRY(at_most(syntax, 2));
  SearchParts parts;
  parts.kind = kind;
  parts.index = scope_.new_search();
  const std::size_t mark = scope_.mark();
  XSAUDIT_ASSIGN(parts.patterns, patterns(*written));
  const auto it = scope_.bind("it", kText);
  if (!it) return text_.error(syntax.offset, kTooManyNames);
  parts.it = *it;
  auto body = syntax.children.size() == 1
                  ? Result<ExpressionPtr>(Constant::of(true))
                  : check(syntax.children[1], kBoolean, "the condition on each match");
  scope_.forget_since(mark);
  XSAUDIT_TRY(body);
  parts.body = *std::move(body);
  return ExpressionPtr(std::make_unique<Search>(std::move(parts)));
}

Result<ExpressionPtr> Checker::like(const Syntax& syntax) {
  XSAUDIT_ASSIGN(auto written, literal(syntax, 1, "the pattern"));
  XSAUDIT_TRY(at_most(syntax, 3));
  XSAUDIT_ASSIGN(auto path, check(syntax.children[0], kText, "the compared path"));
  const std::size_t mark = scope_.mark();
  XSAUDIT_ASSIGN(auto named, patterns(*written));
  ExpressionPtr body;
  if (syntax.children.size() == 3) {
    XSAUDIT_ASSIGN(body, check(syntax.children[2]));
  }
  scope_.forget_since(mark);
  return ExpressionPtr(
      std::make_unique<MatchesPattern>(std::move(path), std::move(named), std::move(body)));
}

Result<ExpressionPtr> Checker::path(const Syntax& syntax) {
  XSAUDIT_ASSIGN(auto written, literal(syntax, 0, "the path"));
  XSAUDIT_TRY(at_most(syntax, 1));
  std::size_t at = 0;
  // As in a pattern, '~' is the home of $DOMID.
  auto parsed = Pattern::parse(written->text, types_, &at);
  if (!parsed) {
    return text_.error(written->text_offset + at, parsed.error().message, parsed.error().hint);
  }
  std::vector<PathTemplate::Piece> pieces(1);
  for (const Pattern::Segment& segment : parsed->segments()) {
    pieces.back().text += "/" + segment.prefix;
    if (segment.kind == Pattern::Segment::Kind::literal) continue;
    if (segment.kind == Pattern::Segment::Kind::any) {
      return text_.error(written->offset, "'*' stands for many paths");
    }
    const std::string& variable =
        parsed->variables()[static_cast<std::size_t>(segment.variable)].name;
    const Scope::Name* const name = scope_.find(variable);
    if (name == nullptr || (name->type != kText && name->type != kInteger)) {
      return text_.error(written->offset,
                         "there is no text and no number " + single_quoted(variable) + " here",
                         did_you_mean(variable, scope_.names()));
    }
    pieces.back().name = read_name(*name);
    pieces.push_back({segment.suffix, nullptr});
  }
  if (parsed->deep()) return text_.error(written->offset, "'**' stands for many paths");
  if (parsed->segments().empty()) pieces.back().text = "/";
  return ExpressionPtr(std::make_unique<PathTemplate>(std::move(pieces)));
}

Result<NamedPatterns> Checker::patterns(const Syntax& written) {
  std::size_t at = 0;
  auto expanded = Pattern::expand(written.text, types_, &at);
  if (!expanded) {
    return text_.error(written.text_offset + at, expanded.error().message, expanded.error().hint);
  }
  auto named = bind_patterns(*std::move(expanded), scope_);
  if (named) return named;
  return text_.error(written.offset, named.error().message, named.error().hint);
}

}  // namespace xsaudit
