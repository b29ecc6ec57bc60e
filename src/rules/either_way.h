// Finds the faults that exist whether or not a domain of unknown state is alive: a device that
// could not be set up is a fault of a live guest, and one left over from a dead one. Stateless; any
// thread.
#pragma once

#include "rules/audit_context.h"
#include "rules/evaluation.h"
#include "rules/functions/store_index.h"
#include "rules/rule_patterns.h"
#include "rules/rule_set.h"

namespace xsaudit {

// Judges the rules twice more, once as if every domain of unknown state were running and once as if
// none were, if there is time. A hit of the first that has one of the second at the same node or
// above is added to the hits of these facts. Its severity is the lower of the two.
void add_hits_either_way(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                         const ShapeMatches& matches, std::size_t threads, AllHits& all);

}  // namespace xsaudit
