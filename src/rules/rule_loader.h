// One rule file made into a Rule. For rule_set.cc, which knows the other rules. Stateless; any
// thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "rules/rule_program.h"
#include "rules/rule_set.h"
#include "schema/schema.h"
#include "store/error.h"

namespace xsaudit {

struct LoadedRule {
  Rule rule;                             // its program is still missing
  std::shared_ptr<RuleProgram> program;  // its gravers' rules are not yet looked up
  std::string id_place;
  struct GraverId {
    std::string id;
    std::string place;
  };
  std::vector<GraverId> gravers;  // as in program->yields_to
};

Result<LoadedRule> load_rule(const RuleFile& file, const Schema& schema);

}  // namespace xsaudit
