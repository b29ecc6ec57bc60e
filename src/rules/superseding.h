// Finds the hits that a more precise hit supersedes. The other hit must be at least as severe. It
// may itself be superseded: if B supersedes A, and C supersedes B, then C must be as severe as A.
// Stateless; any thread.
#pragma once

#include "rules/evaluation.h"
#include "rules/rule_set.h"

namespace xsaudit {

// Sets superseded and reported_severity of each hit. A suppressed hit supersedes no other.
void mark_superseded(const RuleSet& rules, AllHits& all);

// The lowest and the highest severity that a rule can have.
Severity lowest_severity(const Rule& rule, const RuleProgram& program);
Severity highest_severity(const Rule& rule, const RuleProgram& program);

}  // namespace xsaudit
