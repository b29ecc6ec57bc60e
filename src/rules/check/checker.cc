#include "rules/check/checker.h"

#include "base/error.h"
#include "base/escape.h"
#include "rules/check/names.h"
#include "rules/eval/call.h"
#include "rules/eval/operators.h"
#include "rules/syntax/parser.h"
#include "yaml/yaml_document.h"

namespace xsaudit {
std::string conversion_hint(Type given, Type wanted) {
  if (given == kText && wanted == kInteger) return "int(...) makes a number of a text";
  if (given == kInteger && wanted == kText) return "string(...) makes a text of a number";
  if (given == kDomains && wanted == kBoolean) return "ask for .size() == 0, or DOMID in ...";
  return {};
}

ExpressionPtr read_name(const Scope::Name& name) {
  switch (name.kind) {
    case Scope::Name::Kind::let: return std::make_unique<LetName>(name.type, name.slot, name.reads);
    case Scope::Name::Kind::value_of_node: {
      std::vector<ExpressionPtr> node;
      node.push_back(std::make_unique<BoundName>(kText, kNodeSlot));
      return std::make_unique<Call>(*find_functions("value", false).front(), std::move(node));
    }
    default: return std::make_unique<BoundName>(name.type, name.slot);
  }
}

Result<ExpressionPtr> Checker::check(const Syntax& syntax) {
  switch (syntax.kind) {
    case Syntax::Kind::null: return Constant::null();
    case Syntax::Kind::boolean: return Constant::of(syntax.number != 0);
    case Syntax::Kind::integer: return Constant::of(syntax.number);
    case Syntax::Kind::text: return Constant::of(syntax.text);
    case Syntax::Kind::name: return name(syntax);
    case Syntax::Kind::list: return list(syntax);
    case Syntax::Kind::negation: return negation(syntax);
    case Syntax::Kind::minus: return minus(syntax);
    case Syntax::Kind::conjunction:
    case Syntax::Kind::disjunction: return chain(syntax);
    case Syntax::Kind::binary: return binary(syntax);
    case Syntax::Kind::conditional: return conditional(syntax);
    case Syntax::Kind::call: return call(syntax);
    case Syntax::Kind::method: return method(syntax);
  }
  return text_.error(syntax.offset, "not an expression");
}

Result<ExpressionPtr> Checker::check(const Syntax& syntax, Type wanted, std::string_view where) {
  auto made = check(syntax);
  if (!made || fits((*made)->type(), wanted)) return made;
  return text_.error(
      syntax.offset,
      std::string(where) + " is " + to_text(wanted) + ", not " + to_text((*made)->type()),
      conversion_hint((*made)->type(), wanted));
}

Result<ExpressionPtr> Checker::name(const Syntax& syntax) {
  const Scope::Name* const found = scope_.find(syntax.text);
  if (found != nullptr) return read_name(*found);
  const bool function = !find_functions(syntax.text, false).empty();
  return text_.error(syntax.offset, "there is no name " + single_quoted(syntax.text) + " here",
                     function ? "the function is called as " + syntax.text + "(...)"
                              : did_you_mean(syntax.text, scope_.names()));
}

Result<ExpressionPtr> Checker::list(const Syntax& syntax) {
  std::vector<ExpressionPtr> items;
  Type item;
  for (const Syntax& child : syntax.children) {
    XSAUDIT_ASSIGN(auto made, check(child));
    const auto common = common_type(item, made->type());
    const bool first = items.empty();
    if (!first && !common) {
      return text_.error(child.offset, "the items of a list are of one type: this is " +
                                           to_text(made->type()) + ", the first was " +
                                           to_text(item));
    }
    item = first ? made->type() : *common;
    if (item.is(Type::Kind::list) || item.is(Type::Kind::domains)) {
      return text_.error(child.offset, "a list cannot hold " + to_text(item));
    }
    items.push_back(std::move(made));
  }
  return ExpressionPtr(std::make_unique<ListLiteral>(list_of(item.kind), std::move(items)));
}

Result<ExpressionPtr> Checker::negation(const Syntax& syntax) {
  XSAUDIT_ASSIGN(auto part, check(syntax.children[0]));
  if (part->type() != kBoolean) {
    return text_.error(syntax.offset, "'!' turns true to false; this is " + to_text(part->type()),
                       "'!' binds closer than any other operator: !(a in b)");
  }
  return ExpressionPtr(std::make_unique<Negation>(std::move(part)));
}

Result<ExpressionPtr> Checker::minus(const Syntax& syntax) {
  XSAUDIT_ASSIGN(auto part, check(syntax.children[0], kInteger, "what follows '-'"));
  return ExpressionPtr(std::make_unique<Arithmetic>(Operator::minus, Constant::of(std::int64_t{0}),
                                                    std::move(part)));
}

Result<ExpressionPtr> Checker::chain(const Syntax& syntax) {
  const bool all = syntax.kind == Syntax::Kind::conjunction;
  std::vector<ExpressionPtr> parts;
  parts.reserve(syntax.children.size());
  for (const Syntax& child : syntax.children) {
    XSAUDIT_ASSIGN(auto made,
                   check(child, kBoolean, all ? "each side of '&&'" : "each side of '||'"));
    parts.push_back(std::move(made));
  }
  if (all) return ExpressionPtr(std::make_unique<Conjunction>(std::move(parts)));
  return ExpressionPtr(std::make_unique<Disjunction>(std::move(parts)));
}

Result<ExpressionPtr> Checker::conditional(const Syntax& syntax) {
  XSAUDIT_ASSIGN(auto condition, check(syntax.children[0], kBoolean, "what stands before '?'"));
  XSAUDIT_ASSIGN(auto yes, check(syntax.children[1]));
  XSAUDIT_ASSIGN(auto no, check(syntax.children[2]));
  const auto type = common_type(yes->type(), no->type());
  if (!type) {
    return text_.error(syntax.offset, "both outcomes are of one type: these are " +
                                          to_text(yes->type()) + " and " + to_text(no->type()));
  }
  return ExpressionPtr(
      std::make_unique<Conditional>(*type, std::move(condition), std::move(yes), std::move(no)));
}

Result<ExpressionPtr> Checker::binary(const Syntax& syntax) {
  XSAUDIT_ASSIGN(auto left, check(syntax.children[0]));
  XSAUDIT_ASSIGN(auto right, check(syntax.children[1]));
  const Type a = left->type();
  const Type b = right->type();
  const auto common = common_type(a, b);
  const auto both = [&](Type type) { return common && fits(*common, type); };
  const auto mismatch = [&](const std::string& wanted) {
    std::string hint = conversion_hint(a, b);
    return text_.error(syntax.offset, wanted + ": these are " + to_text(a) + " and " + to_text(b),
                       hint.empty() ? conversion_hint(b, a) : hint);
  };
  switch (syntax.op) {
    case Operator::equal:
    case Operator::not_equal:
      if (!common || a.is(Type::Kind::list) || a.is(Type::Kind::domains)) {
        return mismatch("'==' compares two texts, two numbers, or two of true and false");
      }
      return ExpressionPtr(
          std::make_unique<Comparison>(syntax.op, std::move(left), std::move(right)));
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      if (!both(kInteger) && !both(kText)) return mismatch("only numbers and texts have an order");
      return ExpressionPtr(
          std::make_unique<Comparison>(syntax.op, std::move(left), std::move(right)));
    case Operator::in: return membership(syntax, std::move(left), std::move(right));
    case Operator::plus:
      if (both(kText)) {
        return ExpressionPtr(std::make_unique<Join>(std::move(left), std::move(right)));
      }
      [[fallthrough]];
    default:
      if (!both(kInteger)) {
        return mismatch(syntax.op == Operator::plus ? "'+' adds numbers, or joins texts"
                                                    : "only numbers can be reckoned with");
      }
      return ExpressionPtr(
          std::make_unique<Arithmetic>(syntax.op, std::move(left), std::move(right)));
  }
}

Result<ExpressionPtr> Checker::membership(const Syntax& syntax, ExpressionPtr item,
                                          ExpressionPtr whole) {
  const Type type = whole->type();
  if (!type.is(Type::Kind::list) && !type.is(Type::Kind::domains)) {
    return text_.error(syntax.offset,
                       "what follows 'in' is a list or a set of domains, not " + to_text(type),
                       type == kText ? "for a part of a text: text.contains(...)" : "");
  }
  const Type wanted = type.is(Type::Kind::domains) ? kInteger : Type{type.item, Type::Kind::null};
  if (!common_type(item->type(), wanted)) {
    return text_.error(syntax.offset,
                       "nothing in " + to_text(type) + " is " + to_text(item->type()),
                       conversion_hint(item->type(), wanted));
  }
  return ExpressionPtr(std::make_unique<Membership>(std::move(item), std::move(whole)));
}

Result<ExpressionPtr> compile_expression(const ExpressionText& text, Scope& scope,
                                         const VariableTypes& types) {
  XSAUDIT_ASSIGN(auto syntax, parse_expression(text));
  return Checker(text, scope, types).check(syntax);
}

}  // namespace xsaudit
