// Judges a store that is followed: the store after each burst of changes, and the states that nodes
// had only within the burst. A fault that can disappear without intervention (a device between two
// states) counts once it is there in two states of the store that lie some time apart, as in an
// audit that reads the store twice.
//
// Where only values changed, only what they can affect is judged again (rules/followed_hits.h), and
// a change that affects nothing begins no burst and does not make one longer.
//
// Owns the store; schema and rules must outlive it. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "audit/auditor.h"
#include "audit/finding_life.h"
#include "audit/result_counts.h"
#include "rules/followed_hits.h"
#include "store/node_change.h"
#include "store/snapshot.h"

namespace xsaudit {

class StoreWatch {
 public:
  using Clock = std::chrono::steady_clock;
  // A burst is judged when there was no change for some time, or after the longest time. C
  // xenstored reports a transaction as one event for each node.
  static constexpr auto kQuiet = std::chrono::milliseconds(10);
  static constexpr auto kLongestBurst = std::chrono::milliseconds(100);
  // The time between the two readings of a fault that can disappear.
  static constexpr auto kSettling = std::chrono::seconds(2);
  // The states within one burst that are judged: those with another value, and those for which
  // everything must be judged.
  static constexpr std::size_t kMaxPassing = 256;
  static constexpr std::size_t kMaxPassingWhole = 8;
  // The changes of one burst that are kept.
  static constexpr std::size_t kMaxChanges = 20'000;

  StoreWatch(const Schema& schema, const RuleSet& rules, AuditOptions options);

  struct Report {
    std::vector<FindingEvent> events;
    std::uint64_t not_judged = 0;  // states within the burst for which there was no time
  };

  // Changes, in their order; to be judged at due().
  void add(std::vector<NodeChange> changes);
  // The store may have changed anywhere.
  void add_unknown(Clock::time_point now);
  std::optional<Clock::time_point> due() const;
  // Whether more than values changed: then take() must get the store.
  bool needs_store() const { return needs_store_; }
  // Judges the changes.
  Report judge(Clock::time_point now);
  // The store after all changes that were added, and perhaps more.
  Report take(Snapshot store, Clock::time_point now);

  // The second look, at settle_at().
  Report settle(Clock::time_point now);
  std::optional<Clock::time_point> settle_at() const { return settle_at_; }

  // For suppressions that expire.
  void set_day(Day today) { options_.today = today; }

  std::size_t nodes() const { return judged_ != nullptr ? judged_->store().recorded() : 0; }
  std::size_t findings() const { return life_.size(); }
  // The findings that are there of which no event was reported for so long.
  Report still_there(Clock::time_point now, std::chrono::seconds silent) {
    return {.events = life_.still_there(now, silent)};
  }
  // The numbers of the store as it is: of the findings that are there, and of what the last
  // judgement could not decide.
  ResultCounts counts() const;
  // For the reports of findings.
  const std::vector<RuleSummary>& rules() const { return summaries_; }

 private:
  // The hits of rules whose faults can disappear, by rule and path, with their severity.
  using Transients = std::map<std::pair<std::size_t, std::string>, Severity>;
  // What is compared with the store some time later.
  struct Earlier {
    std::uint64_t judgement = 0;  // its number
    Transients transients;
  };

  // The node if only its value changes, from one known value to another; else kNoNode.
  NodeId only_value(const NodeChange& change) const;
  Report report_changes(Clock::time_point now);
  void judge_all(Snapshot store);
  // The hits after these values.
  void set_values(const std::vector<std::pair<NodeId, std::string>>& values);
  // Of the present store. `before`: the transients that were there some time ago. Others are taken
  // as seen once.
  AuditResult result(const Transients& before = {});
  std::vector<Finding> found_in(const Result<Snapshot>& store);
  // Of the life of the findings.
  std::vector<FindingEvent> update(bool settled, Clock::time_point now,
                                   const Transients& before = {});
  Transients transients() const;
  void judge_passing(const std::vector<NodeChange>& changes, Report& report);
  // Nothing if the state can have no finding of its own.
  std::optional<std::vector<Finding>> found_while(const PassingState& state, std::size_t& whole);

  const Schema& schema_;
  const RuleSet& rules_;
  AuditOptions options_;
  std::vector<RuleSummary> summaries_;
  std::unique_ptr<FollowedHits> judged_;  // the present store; null before the first
  std::uint64_t judgements_ = 0;
  std::vector<NodeChange> changes_;  // of the burst
  std::set<std::string> changed_;    // their paths
  bool needs_store_ = false;
  Clock::time_point first_change_{};
  Clock::time_point last_change_{};
  std::uint64_t left_out_ = 0;
  std::optional<Earlier> earlier_;
  std::optional<Clock::time_point> settle_at_;
  FindingLife life_;
  ResultCounts others_;  // of the last judgement, but for the findings that have a life
};

}  // namespace xsaudit
