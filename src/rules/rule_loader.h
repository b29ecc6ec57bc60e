// Compiles the texts of one rule into expressions and messages. Each text can use the names that
// the rule defines before it. Errors have the place in the rule's file. Owns the rule's names; the
// schema must outlive it. Used by one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "rules/check/checker.h"
#include "rules/check/scope.h"
#include "rules/eval/message.h"
#include "rules/rule.h"
#include "rules/rule_set.h"
#include "schema/schema.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

class RuleExpressions {
 public:
  explicit RuleExpressions(const Schema& schema) : schema_(schema) {}

  Scope& scope() { return scope_; }

  Result<ExpressionPtr> any(const YamlValue& value);
  Result<ExpressionPtr> of(const YamlValue& value, Type type);
  // A number or a text.
  Result<ExpressionPtr> scalar(const YamlValue& value);
  // A path or a list of them.
  Result<ExpressionPtr> evidence(const YamlValue& value);
  Result<Message> message(const YamlValue& value, Message::Use use);

 private:
  const Schema& schema_;
  Scope scope_;
};

// Makes a Rule from a rule file, for rule_set.cc, which knows the other rules. Stateless; any
// thread.
struct LoadedRule {
  Rule rule;                             // its program is not set yet
  std::shared_ptr<RuleProgram> program;  // the rules in superseded_by are not looked up yet
  std::string id_place;
  struct SupersederId {
    std::string id;
    std::string place;
  };
  std::vector<SupersederId> superseders;  // as in program->superseded_by
};

Result<LoadedRule> load_rule(const RuleFile& file, const Schema& schema);

}  // namespace xsaudit
