// Judges a store that is followed: after each burst of changes the store as it is then, and the
// states that nodes had only within the burst. A fault that can disappear without intervention (a
// device between two states) counts once it is there in two states of the store that lie some time
// apart, as in an audit that reads the store twice.
// Owns the last store; schema and rules must outlive it. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/auditor.h"
#include "audit/finding_life.h"
#include "store/node_change.h"
#include "store/snapshot.h"

namespace xsaudit {

class StoreWatch {
 public:
  using Clock = std::chrono::steady_clock;
  // The time between the two readings of a fault that can disappear.
  static constexpr auto kSettling = std::chrono::seconds(2);
  // The states within one burst that are judged.
  static constexpr std::size_t kMaxPassing = 32;

  StoreWatch(const Schema& schema, const RuleSet& rules, AuditOptions options)
      : schema_(schema), rules_(rules), options_(std::move(options)) {}

  struct Report {
    std::vector<FindingEvent> events;
    std::uint64_t not_judged = 0;  // states within the burst for which there was no time
  };
  // The store after `changes`.
  Report take(Snapshot store, const std::vector<NodeChange>& changes, Clock::time_point now);
  // The second look, at settle_at().
  Report settle(Clock::time_point now);
  std::optional<Clock::time_point> settle_at() const { return settle_at_; }

  std::size_t nodes() const { return store_ != nullptr ? (*store_)->recorded() : 0; }
  std::size_t findings() const { return life_.size(); }
  // The rules that the last judgement could not decide somewhere.
  std::size_t undecided_rules() const { return undecided_rules_; }
  // Of the last judgement, for the reports of its findings.
  const std::vector<RuleSummary>& rules() const { return summaries_; }

 private:
  AuditResult audit(const Result<Snapshot>& store, const Auditor::Resample& again = {});
  std::vector<Finding> counted(AuditResult result) const;
  void judge_passing(const std::vector<NodeChange>& changes, Report& report);

  const Schema& schema_;
  const RuleSet& rules_;
  const AuditOptions options_;
  std::shared_ptr<const Result<Snapshot>> store_;    // the last one; null before the first
  std::shared_ptr<const Result<Snapshot>> earlier_;  // the second look compares it with the last
  std::optional<Clock::time_point> settle_at_;
  FindingLife life_;
  std::vector<RuleSummary> summaries_;
  std::size_t undecided_rules_ = 0;
};

}  // namespace xsaudit
