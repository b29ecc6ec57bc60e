// Which nodes of a store hold a secret because a rule says so (the key `secret` of a rule file).
// What one rule calls a secret is one in all that is said of the store, by any rule. Used by one
// thread.
#pragma once

#include "rules/audit_context.h"
#include "rules/functions/store_index.h"
#include "rules/rule_set.h"

namespace xsaudit {

// A node of which a rule cannot decide it counts as one. The time for judging does not end it.
SecretNodes find_secrets(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index);
SecretNodes find_secrets(const Rule& rule, const AuditContext& facts, StoreIndex& store_index);

}  // namespace xsaudit
