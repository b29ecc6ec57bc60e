// Finds the faults that exist whether or not a domain of unknown state is alive: a device that
// could not be set up is a fault of a live guest, and one left over from a dead one. Stateless; any
// thread.
#pragma once

#include "rules/audit_context.h"
#include "rules/evaluation.h"
#include "rules/functions/store_index.h"
#include "rules/rule_set.h"

namespace xsaudit {

// Adds to all hits of these facts those that there are if every such domain is alive, where there
// is one at the same node, or above it, if every such domain is dead, too. They are no more severe
// than that one. The rules are judged twice more, if there is time.
void add_hits_either_way(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                         AllHits& all);

}  // namespace xsaudit
