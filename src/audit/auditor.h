// Runs all rules over one store after another and gathers what came of it. Each store is judged in
// an audit context of its own (rules/audit_context.h). The schema and the rules must outlive it; of
// the stores it keeps nothing but what the result says of them. Used by one thread, but for
// audit(): any number of threads may audit a source each, at the same time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/guests.h"
#include "audit/result.h"
#include "audit/suppression.h"
#include "host/facts/host_facts.h"
#include "rules/evaluation.h"
#include "rules/rule_set.h"
#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

struct AuditOptions : ContextOptions {
  Severity fail_on = Severity::low;
  std::function<void(std::size_t)> told;  // hears how many rules are done with a source
  std::vector<Suppression> suppressions;
  std::optional<Baseline> baseline;
  Day today;                    // suppressions expire
  JudgingClock::Limit judging;  // of each look at each source
};

// The result for one source.
struct SourceAudit {
  SourceSummary summary;
  std::vector<Finding> findings;
  std::vector<GuestNote> lines;
  std::vector<UndecidedRule> not_evaluated;
  Suppressor suppressor;
};

class Auditor {
 public:
  Auditor(const Schema& schema, const RuleSet& rules, AuditOptions options);

  // Reads the same store once more, some time later.
  using Resample = std::function<Result<Snapshot>()>;

  // Of a source that could not be read, that and its name. A transient hit (a device between two
  // states) is at most info in a store that was read once. If the store can be read again and there
  // is a transient hit, it is read again, and hits that have disappeared are dropped
  // (second_look.h).
  SourceAudit audit(const std::string& name, const Result<Snapshot>& source,
                    const Resample& resample = {}) const;

  // One more source, the next in the order of the report.
  void add(SourceAudit audit);
  void add(const std::string& name, const Result<Snapshot>& source, const Resample& resample = {}) {
    add(audit(name, source, resample));
  }

  AuditResult finish() &&;

 private:
  void audit(const Snapshot& snapshot, const HostFacts* host, const Resample& resample,
             SourceAudit& audit) const;
  // Of the hits in `hits`, leaves those that have not passed by the second look. What that look did
  // not see is missing from the audit, and is said in `info`.
  void settle(const AuditContext& facts, StoreIndex& store_index, const Resample& resample,
              AllHits& hits, SnapshotInfo& info) const;
  Status settle(const AuditContext& facts, StoreIndex& store_index, const Result<Snapshot>& again,
                AllHits& hits, SnapshotInfo& info) const;
  // What is said of them.
  Evaluation report(const AuditContext& facts, StoreIndex& store_index, AllHits& hits,
                    const Suppressor& suppressor, Guests& guests) const;
  std::size_t index_of(const Rule& rule) const {
    return static_cast<std::size_t>(&rule - rules_.rules().data());
  }

  const Schema& schema_;
  const RuleSet& rules_;
  AuditOptions options_;
  const Suppressor suppressor_;  // of which every source has a copy
  Suppressor used_;              // by all sources that were added
  AuditResult result_;
};

}  // namespace xsaudit
