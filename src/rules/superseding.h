// Finds the hits that a more precise hit supersedes. The other hit must be at least as severe. It
// may itself be superseded: if B supersedes A, and C supersedes B, then C must be as severe as A.
// Stateless; any thread.
#pragma once

#include "rules/evaluation.h"
#include "rules/rule_set.h"

namespace xsaudit {

// Sets silent and said of each hit. A hit that is set aside speaks for no other.
void decide_who_yields(const RuleSet& rules, AllHits& all);

// The severities that a rule can have, as it is written.
Severity lowest_severity(const Rule& rule, const RuleProgram& program);
Severity highest_severity(const Rule& rule, const RuleProgram& program);

}  // namespace xsaudit
