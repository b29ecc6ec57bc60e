// Runs all rules over one store after another and gathers what came of it. Works out first what the
// rules have to know of a store: which domains are alive, which are privileged, which stub domain
// acts for whom. The schema and the rules must outlive it; of the stores it keeps nothing but what
// the result says of them. Used by one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/result.h"
#include "audit/suppressor.h"
#include "host/host_facts.h"
#include "rules/evaluation.h"
#include "rules/rule_set.h"
#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

struct AuditOptions {
  std::vector<Domid> privileged = {0};      // domains that may do everything
  std::optional<std::vector<Domid>> alive;  // for stores that do not know it themselves
  Severity fail_on = Severity::low;
  std::optional<ProfileTable::Index> profile;  // of all domains; nothing: as the store shows
  bool show_secrets = false;                   // values that the schema calls so
  std::vector<Suppression> suppressions;
  std::optional<Baseline> baseline;
  Day today;  // suppressions expire
  std::vector<std::string> required;           // what rules insist on only where they are told to
};

class Auditor {
 public:
  Auditor(const Schema& schema, const RuleSet& rules, AuditOptions options);

  // One more source: audited now or, if it could not be read, remembered as such under this name.
  void add(const std::string& name, const Result<Snapshot>& source);

  AuditResult finish() &&;

 private:
  void audit(const Snapshot& snapshot, const HostFacts* host);

  const Schema& schema_;
  const RuleSet& rules_;
  AuditOptions options_;
  Suppressor suppressor_;
  AuditResult result_;
};

}  // namespace xsaudit
