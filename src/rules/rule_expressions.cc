#include "rules/rule_expressions.h"

namespace xsaudit {
namespace {

ExpressionText text_of(const YamlValue& value) {
  return {value.text(), [value](std::size_t offset) { return value.place_in(offset); },
          value.built_in()};
}

}  // namespace

Result<ExpressionPtr> RuleExpressions::any(const YamlValue& value) {
  if (auto text = value.as_text(); !text) return text.error();
  return compile_expression(text_of(value), scope_, schema_.variables());
}

Result<ExpressionPtr> RuleExpressions::of(const YamlValue& value, Type type) {
  auto made = any(value);
  if (!made || fits((*made)->type(), type)) return made;
  return value.error("expected " + to_text(type) + ", this is " + to_text((*made)->type()),
                     conversion_hint((*made)->type(), type));
}

Result<ExpressionPtr> RuleExpressions::scalar(const YamlValue& value) {
  auto made = any(value);
  if (!made || fits((*made)->type(), kText) || fits((*made)->type(), kInteger)) return made;
  return value.error("expected a text or a number, this is " + to_text((*made)->type()));
}

Result<ExpressionPtr> RuleExpressions::evidence(const YamlValue& value) {
  auto made = any(value);
  if (!made || fits((*made)->type(), kText) || fits((*made)->type(), list_of(Type::Kind::text))) {
    return made;
  }
  return value.error("evidence is a path or a list of paths, not " + to_text((*made)->type()));
}

Result<Message> RuleExpressions::message(const YamlValue& value, Message::Use use) {
  if (auto text = value.as_text(); !text) return text.error();
  return Message::compile(text_of(value), scope_, schema_.variables(), use);
}

}  // namespace xsaudit
