#include "rules/followed_hits.h"

#include <algorithm>

#include "rules/either_way.h"
#include "rules/judge_rules.h"
#include "rules/secret_nodes.h"
#include "rules/settled_nodes.h"
#include "store/snapshot_builder.h"

namespace xsaudit {

FollowedHits::FollowedHits(const Schema& schema, const RuleSet& rules,
                           const ContextOptions& options, const HostFacts* host,
                           const JudgingClock::Limit& limit, Snapshot store)
    : rules_(rules),
      store_(std::move(store)),
      reads_(store_.size()),
      runs_(rules.rules().size()),
      hits_(rules.rules().size()),
      undecided_(rules.rules().size()) {
  store_.set_reads(&reads_);
  facts_.emplace(schema, store_, options, host);
  store_index_ = std::make_unique<StoreIndex>(*facts_, limit);
  matches_.emplace(rules.patterns(), store_);
  for (const std::size_t rule : rules.order()) judge_rule(static_cast<std::uint32_t>(rule));
  find_supersessions(rules_, *facts_, *store_index_, hits_);
  can_follow_ = can_follow();
  add_hits_either_way(rules_, *facts_, *store_index_, *matches_, 1, hits_);
  first_reads_ = reads_.size();
}

FollowedHits::~FollowedHits() = default;

// Not where a fault depends on what is unknown of the domains (either_way.h), and not where the
// time for judging was up.
bool FollowedHits::can_follow() const {
  const auto by_liveness = [](const NotEvaluated& entry) { return entry.by_liveness; };
  return matches_->complete() && !store_index_->any_unplaced() &&
         std::all_of(hits_.begin(), hits_.end(), [&](const RuleHits& own) {
           return own.finished &&
                  std::none_of(own.not_evaluated.begin(), own.not_evaluated.end(), by_liveness);
         });
}

std::string FollowedHits::value(NodeId node) const {
  const ValueReads::Scope scope(store_.reads(), ValueReads::kNothing);
  return std::string(store_.value(node));
}

Snapshot FollowedHits::copy() const {
  const ValueReads::Scope scope(store_.reads(), ValueReads::kNothing);
  return SnapshotBuilder::of(store_).finish(store_.info(), UnknownReason::not_recorded);
}

bool FollowedHits::overgrown() const {
  return reads_.size() > 2 * first_reads_ + kSpareReads || bytes_set_ > kSpareBytes;
}

void FollowedHits::judge_rule(std::uint32_t rule) {
  const ValueReads::Scope scope(&reads_, rule);
  const RuleRun::Matches own = matches_of(rules_, rule, *matches_);
  runs_[rule] = std::make_unique<RuleRun>(rules_.rules()[rule], *facts_, *store_index_);
  hits_[rule] = runs_[rule]->find(matches_->complete() ? &own : nullptr);
  undecided_[rule] = {runs_[rule]->undecided().begin(), runs_[rule]->undecided().end()};
}

bool FollowedHits::judge_place(const Place& place) {
  const auto [rule, node] = place;
  const ValueReads::Scope scope(&reads_, rule, node);
  if (undecided_[rule].contains(node)) return false;
  Hit hit;
  const RuleRun::State state = runs_[rule]->state_at(node, hit);
  if (state == RuleRun::State::unknown) return false;
  const bool violated = state == RuleRun::State::violated;
  std::vector<Hit>& hits = hits_[rule].hits;
  const auto at = std::lower_bound(hits.begin(), hits.end(), node,
                                   [](const Hit& one, NodeId wanted) { return one.node < wanted; });
  const bool was = at != hits.end() && at->node == node;
  if (was && violated) *at = hit;
  if (was && !violated) hits.erase(at);
  if (!was && violated) hits.insert(at, hit);
  return true;
}

bool FollowedHits::matters(NodeId node, std::string_view value) const {
  const ValueReads::Scope scope(store_.reads(), ValueReads::kNothing);
  const std::string_view before = store_.value(node);
  if (before == value) return false;
  return needs_everything(node) || !reads_.purposes(node).empty() ||
         before.size() != value.size() || printable_ascii(before) != printable_ascii(value) ||
         store_index_->other_class(node, value);
}

void FollowedHits::set_value(NodeId node, std::string_view value) {
  const ValueReads::Scope scope(&reads_, ValueReads::kNothing);
  const std::string_view before = store_.value(node);
  if (before == value) return;
  store_.replace_value(node, value);
  bytes_set_ += value.size() + sizeof(std::uint64_t);  // and its place in the pool
  everything_ = everything_ || reads_.for_everything(node);
  for (const ValueReads::Purpose& purpose : reads_.purposes(node)) {
    if (purpose.number == kReport) continue;
    if (purpose.place == ValueReads::kWhole) {
      changed_rules_.insert(purpose.number);
    } else {
      changed_places_.insert({purpose.number, purpose.place});
    }
  }
  const StoreIndex::ValueEffect effect = store_index_->value_changed(node, before);
  if (effect.resized) changed_rules_.insert(reads_.summed().begin(), reads_.summed().end());
  if (effect.resized || effect.other_class || printable_ascii(before) != printable_ascii(value)) {
    for (std::uint32_t rule = 0; rule < runs_.size(); ++rule) changed_places_.insert({rule, node});
  }
}

bool FollowedHits::judge() {
  if (everything_ || !can_follow_ || overgrown()) return false;
  store_index_->clock().restart();
  for (const Place& place : changed_places_) {
    const std::uint32_t rule = place.first;
    if (!changed_rules_.contains(rule) && !judge_place(place)) changed_rules_.insert(rule);
  }
  for (const std::uint32_t rule : changed_rules_) judge_rule(rule);
  changed_rules_.clear();
  changed_places_.clear();
  find_supersessions(rules_, *facts_, *store_index_, hits_);
  can_follow_ = can_follow() && !store_index_->clock().over();
  return can_follow_;
}

AuditContext& FollowedHits::facts_for_report() {
  const auto scope = report_scope();
  facts_->set_secrets(find_secrets(rules_, *facts_, *store_index_));
  return *facts_;
}

}  // namespace xsaudit
