// Makes the texts of one rule into expressions and messages, each with the names that the rule has
// given by then. Errors have the place in the rule's file. Owns the rule's names; the schema must
// outlive it. Used by one thread.
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
  // A number or a text, whichever it is.
  Result<ExpressionPtr> scalar(const YamlValue& value);
  // A path or a list of them.
  Result<ExpressionPtr> evidence(const YamlValue& value);
  Result<Message> message(const YamlValue& value, Message::Use use);

 private:
  const Schema& schema_;
  Scope scope_;
};

// One rule file made into a Rule. For rule_set.cc, which knows the other rules. Stateless; any
// thread.
struct LoadedRule {
  Rule rule;                             // its program is still missing
  std::shared_ptr<RuleProgram> program;  // its gravers' rules are not yet looked up
  std::string id_place;
  struct GraverId {
    std::string id;
    std::string place;
  };
  std::vector<GraverId> gravers;  // as in program->superseded_by
};

Result<LoadedRule> load_rule(const RuleFile& file, const Schema& schema);

}  // namespace xsaudit
