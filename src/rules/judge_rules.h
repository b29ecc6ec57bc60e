// Judges every rule of a set at every node that it matches. Stateless; any number of threads may
// judge the same facts at once, each with an index of its own.
#pragma once

#include <cstddef>
#include <functional>

#include "rules/audit_context.h"
#include "rules/evaluation.h"
#include "rules/functions/store_index.h"
#include "rules/rule_patterns.h"
#include "rules/rule_run.h"
#include "rules/rule_set.h"

namespace xsaudit {

// The hits of each rule, and what they yield to. `matches`: of this snapshot. Once the time that
// the index has is up, no further node is judged: a rule that is not done by then is not finished.
AllHits judge_rules(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                    const ShapeMatches& matches, const JudgingWork& work);

// The same result, slowly: each rule walks the store on its own and judges each node without
// shortcuts. A reference for tests of judge_rules().
AllHits judge_rules_one_by_one(const RuleSet& rules, const AuditContext& facts,
                               StoreIndex& store_index);

// The nodes that a rule's patterns match.
RuleRun::Matches matches_of(const RuleSet& rules, std::size_t rule, const ShapeMatches& matches);
// Finds the supersessions by hits at other nodes, of the hits of all rules.
void find_supersessions(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                        AllHits& all);

}  // namespace xsaudit
