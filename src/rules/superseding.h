// Which hits are silent because another one says more of the same thing. A hit yields only to one
// that is at least as severe. The other one need not be told itself, if what speaks for it is:
// where A yields to B and B to C, C has to be as severe as A. Stateless; any thread.
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
