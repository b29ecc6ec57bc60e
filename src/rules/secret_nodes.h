// The nodes of a store that a rule declares secret (the key `secret` of a rule file). A secret of
// one rule is redacted in the findings of every rule. Used by one thread.
#pragma once

#include "rules/audit_context.h"
#include "rules/functions/store_index.h"
#include "rules/rule_set.h"

namespace xsaudit {

// A node counts as secret if a rule cannot decide it. The search ignores the time limit.
SecretNodes find_secrets(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index);
SecretNodes find_secrets(const Rule& rule, const AuditContext& facts, StoreIndex& store_index);

}  // namespace xsaudit
