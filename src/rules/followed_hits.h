// The hits of a store whose values change: as find_hits() finds them, but after a change only those
// places are judged again for which the value was read (store/value_reads.h). Where that is not
// enough, such as for a value that the index of a search was made from, the whole rule is judged
// again, and where that is not, everything must be.
//
// Owns the store, and all that was computed from it; schema, rules and host facts must outlive it.
// Used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "rules/audit_context.h"
#include "rules/evaluation.h"
#include "rules/rule_patterns.h"
#include "rules/rule_run.h"
#include "rules/rule_set.h"
#include "store/value_reads.h"

namespace xsaudit {

class FollowedHits {
 public:
  // Judges the whole store.
  FollowedHits(const Schema& schema, const RuleSet& rules, const ContextOptions& options,
               const HostFacts* host, const JudgingClock::Limit& limit, Snapshot store);
  FollowedHits(const FollowedHits&) = delete;
  FollowedHits& operator=(const FollowedHits&) = delete;
  ~FollowedHits();

  const AllHits& hits() const { return hits_; }
  // To read a value of it counts as a judgement that depends on the value; not so these two.
  const Snapshot& store() const { return store_; }
  std::string value(NodeId node) const;
  Snapshot copy() const;

  // Whether a value was read, or the node can be judged differently with this one. Its present
  // value is known.
  bool matters(NodeId node, std::string_view value) const;
  // After a change of this value judge() is false.
  bool needs_everything(NodeId node) const { return reads_.for_everything(node); }
  // The node has another value from now on. Its present value is known.
  void set_value(NodeId node, std::string_view value);
  // Judges again what depends on the values that were set. False if that is not possible: then the
  // hits are those of before, and everything must be judged anew.
  bool judge();

  // For a report of the hits, in which the value of any node may appear: what the report reads
  // matters from then on. The secrets are those of the present values.
  AuditContext& facts_for_report();
  StoreIndex& store_index() { return *store_index_; }
  // A scope in which a report is made.
  ValueReads::Scope report_scope() { return {&reads_, kReport}; }

 private:
  // A rule at a node.
  using Place = std::pair<std::uint32_t, NodeId>;
  static constexpr std::uint32_t kReport = UINT32_MAX - 2;
  // What has grown so much since everything was judged is made anew.
  static constexpr std::size_t kSpareReads = 500'000;
  static constexpr std::size_t kSpareBytes = std::size_t{16} * 1024 * 1024;

  void judge_rule(std::uint32_t rule);
  // False if the rule could not be decided there before, or cannot now: then the whole rule is to
  // be judged, as what could not be evaluated is listed for all its places at once.
  bool judge_place(const Place& place);
  bool can_follow() const;
  bool overgrown() const;

  const RuleSet& rules_;
  Snapshot store_;
  ValueReads reads_;
  std::optional<AuditContext> facts_;
  std::unique_ptr<StoreIndex> store_index_;
  std::optional<ShapeMatches> matches_;
  std::vector<std::unique_ptr<RuleRun>> runs_;  // by rule
  AllHits hits_;
  std::vector<std::unordered_set<NodeId>> undecided_;  // by rule
  bool can_follow_ = false;
  std::size_t first_reads_ = 0;
  std::size_t bytes_set_ = 0;
  // To be judged again:
  bool everything_ = false;
  std::set<std::uint32_t> changed_rules_;
  std::set<Place> changed_places_;
};

}  // namespace xsaudit
