// Runs all rules over one store after another and collects the results. Each store is judged in an
// audit context of its own (rules/audit_context.h). The schema and the rules must outlive the
// auditor; of a store it keeps only the result. Used by one thread, except for audit(): any number
// of threads may audit different sources at the same time.
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
  JudgingWork work;  // of each source
  std::vector<Suppression> suppressions;
  std::optional<Baseline> baseline;
  // Whether findings have the state of their faults, which only baselines compare. To hash the
  // state of each of a guest's nodes can take longer than all rules.
  bool with_state = true;
  std::int64_t time = 0;        // of the audit, in seconds since 1970
  Day today;                    // for the expiry of suppressions
  JudgingClock::Limit judging;  // for each reading of each source
};

// The result for one source.
struct SourceAudit {
  SourceSummary summary;
  std::vector<Finding> findings;
  std::vector<GuestNote> notes;
  std::vector<UndecidedRule> not_evaluated;
  Suppressor suppressor;
};

class Auditor {
 public:
  Auditor(const Schema& schema, const RuleSet& rules, AuditOptions options);

  // Reads the same store once more.
  using Resample = std::function<Result<Snapshot>()>;

  // Audits one source. If it could not be read, the result contains its name and the error. A
  // transient hit (a device between two states) is at most info in a store that was read once. If
  // the store can be read again and there is a transient hit, it is read again, and hits that have
  // disappeared are dropped (second_reading.h).
  SourceAudit audit(const std::string& name, const Result<Snapshot>& source,
                    const Resample& resample = {}) const;

  // The findings of the hits of a store that is followed (rules/followed_hits.h), without devices,
  // guests and what else describes the source.
  SourceAudit report(const AuditContext& facts, StoreIndex& store_index, AllHits hits) const;

  // Adds the next source of the report.
  void add(SourceAudit audit);
  void add(const std::string& name, const Result<Snapshot>& source, const Resample& resample = {}) {
    add(audit(name, source, resample));
  }

  AuditResult finish() &&;

 private:
  void audit(const Snapshot& snapshot, const HostFacts* host, const Resample& resample,
             SourceAudit& audit) const;
  void add_findings(const AuditContext& facts, StoreIndex& store_index, AllHits& hits,
                    SourceAudit& audit) const;
  // A violation to be reported as a finding, and what suppresses it.
  struct Fault {
    Violation* violation;
    std::optional<std::size_t> suppression;
  };
  // The findings, in this order and in parts, which all threads make.
  std::vector<std::vector<Finding>> make_findings(const AuditContext& facts,
                                                  const std::vector<Fault>& faults) const;
  // Removes the hits from `hits` that the second reading shows to be gone. Nodes that it could not
  // read become gaps of the audit in `info`.
  void recheck(const AuditContext& facts, StoreIndex& store_index, const Resample& resample,
               AllHits& hits, SnapshotInfo& info) const;
  Status recheck(const AuditContext& facts, StoreIndex& store_index, const Result<Snapshot>& again,
                 AllHits& hits, SnapshotInfo& info) const;
  // Makes findings and notes of the hits.
  Evaluation report(const AuditContext& facts, StoreIndex& store_index, AllHits& hits,
                    const Suppressor& suppressor, Guests& guests) const;
  std::size_t index_of(const Rule& rule) const {
    return static_cast<std::size_t>(&rule - rules_.rules().data());
  }

  const Schema& schema_;
  const RuleSet& rules_;
  AuditOptions options_;
  const Suppressor suppressor_;  // copied for every source
  Suppressor used_;              // the uses in all sources that were added
  AuditResult result_;
};

}  // namespace xsaudit
