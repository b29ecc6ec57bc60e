// Makes the texts of one rule into expressions and messages, each with the names that the rule has
// given by then. Errors have the place in the rule's file. Owns the rule's names; the schema must
// outlive it. Used by one thread.
#pragma once

#include "rules/language/checker.h"
#include "rules/language/message.h"
#include "rules/language/scope.h"
#include "schema/schema.h"
#include "store/error.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

class RuleExpressions {
 public:
  explicit RuleExpressions(const Schema& schema) : schema_(schema) {}

  Scope& scope() { return scope_; }

  Result<ExpressionPtr> any(const YamlValue& value);
  Result<ExpressionPtr> of(const YamlValue& value, Type type);
  // A number or a text, whichever it is.
  Result<ExpressionPtr> scalar(const YamlValue& value);
  // A path or a list of them.
  Result<ExpressionPtr> evidence(const YamlValue& value);
  Result<Message> message(const YamlValue& value, Message::Use use);

 private:
  const Schema& schema_;
  Scope scope_;
};

}  // namespace xsaudit
