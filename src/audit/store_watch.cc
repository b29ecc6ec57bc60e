#include "audit/store_watch.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "audit/second_reading.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

// The store as it was while one node had other permissions.
Snapshot with(const Snapshot& store, const PassingState& state) {
  SnapshotBuilder builder = SnapshotBuilder::of(store);
  const NodeId node = builder.at(state.path);
  if (state.facts.value_unknown == UnknownReason::known) {
    builder.set_value(node, state.facts.value);
  } else {
    builder.set_value_unknown(node, state.facts.value_unknown);
  }
  if (state.facts.permissions.empty()) {
    builder.set_permissions_unknown(node, state.facts.permissions_unknown);
  } else {
    builder.set_permissions(node, state.facts.permissions);
  }
  return std::move(builder).finish(store.info(), UnknownReason::not_recorded);
}

bool concerns(const Finding& finding, const std::string& path) {
  return finding.path == path ||
         std::any_of(finding.evidence.begin(), finding.evidence.end(),
                     [&](const Evidence& node) { return node.path == path; });
}

bool only_value_differs(const NodeFacts& one, const NodeFacts& other) {
  return one.present && other.present && one.value_unknown == UnknownReason::known &&
         other.value_unknown == UnknownReason::known && one.permissions == other.permissions &&
         one.permissions_unknown == other.permissions_unknown;
}

// The findings at or above fail_on, which the result then has no longer.
std::vector<Finding> take_counted(AuditResult& result) {
  const auto counted =
      std::stable_partition(result.findings.begin(), result.findings.end(),
                            [&](const Finding& one) { return !result.fails(one.severity); });
  std::vector<Finding> taken(std::make_move_iterator(counted),
                             std::make_move_iterator(result.findings.end()));
  result.findings.erase(counted, result.findings.end());
  return taken;
}

}  // namespace

StoreWatch::StoreWatch(const Schema& schema, const RuleSet& rules, AuditOptions options)
    : schema_(schema),
      rules_(rules),
      options_(std::move(options)),
      summaries_(Auditor(schema, rules, options_).finish().rules) {}

NodeId StoreWatch::only_value(const NodeChange& change) const {
  if (judged_ == nullptr || !only_value_differs(change.before, change.after)) return kNoNode;
  const Snapshot& store = judged_->store();
  const NodeId node = store.find(change.path);
  if (node == kNoNode || store.value_unknown(node) != UnknownReason::known) return kNoNode;
  const Permissions* const permissions = store.permissions(node);
  const bool same = permissions != nullptr ? *permissions == change.after.permissions
                                           : change.after.permissions.empty();
  return same ? node : kNoNode;
}

void StoreWatch::add(std::vector<NodeChange> changes) {
  for (NodeChange& change : changes) {
    const NodeId node = only_value(change);
    const bool first_of_node = !needs_store_ && !changed_.contains(change.path);
    if (node != kNoNode && first_of_node && !judged_->matters(node, change.after.value)) {
      judged_->set_value(node, change.after.value);
      continue;
    }
    if (changes_.empty() && !needs_store_) first_change_ = change.time;
    last_change_ = change.time;
    needs_store_ = needs_store_ || node == kNoNode;
    if (changes_.size() == kMaxChanges) {
      needs_store_ = true;
      ++left_out_;
      continue;
    }
    changed_.insert(change.path);
    changes_.push_back(std::move(change));
  }
}

void StoreWatch::add_unknown(Clock::time_point now) {
  if (changes_.empty() && !needs_store_) first_change_ = now;
  last_change_ = now;
  needs_store_ = true;
}

std::optional<StoreWatch::Clock::time_point> StoreWatch::due() const {
  if (changes_.empty() && !needs_store_) return std::nullopt;
  return std::min(last_change_ + kQuiet, first_change_ + kLongestBurst);
}

void StoreWatch::judge_all(Snapshot store) {
  const HostFacts* const host = store.info().host_facts.get();  // which moves with the store
  judged_ = std::make_unique<FollowedHits>(schema_, rules_, options_, host, options_.judging,
                                           std::move(store));
}

void StoreWatch::set_values(const std::vector<std::pair<NodeId, std::string>>& values) {
  for (const auto& [node, value] : values) judged_->set_value(node, value);
  if (!judged_->judge()) judge_all(judged_->copy());
}

StoreWatch::Report StoreWatch::judge(Clock::time_point now) {
  std::map<NodeId, std::string> last;
  for (const NodeChange& change : changes_) {
    last[judged_->store().find(change.path)] = change.after.value;
  }
  set_values({last.begin(), last.end()});
  return report_changes(now);
}

StoreWatch::Report StoreWatch::take(Snapshot store, Clock::time_point now) {
  judge_all(std::move(store));
  return report_changes(now);
}

StoreWatch::Report StoreWatch::report_changes(Clock::time_point now) {
  Report report;
  report.not_judged = std::exchange(left_out_, 0);
  const std::vector<NodeChange> changes = std::exchange(changes_, {});
  changed_.clear();
  needs_store_ = false;
  ++judgements_;
  if (!settle_at_) settle_at_ = now + kSettling;
  report.events = update(false, now);
  judge_passing(changes, report);
  if (!earlier_) earlier_ = Earlier{judgements_, transients()};
  return report;
}

AuditResult StoreWatch::result(const Transients& before) {
  AllHits hits = judged_->hits();
  for (std::size_t rule = 0; rule < hits.size(); ++rule) {
    for (Hit& hit : hits[rule].hits) {
      if (hit.confirmed || before.empty()) continue;
      const auto seen = before.find({rule, judged_->store().path(hit.node)});
      if (seen == before.end()) continue;
      hit.confirmed = true;
      hit.recheck = Recheck::again;
      hit.severity = std::min(hit.severity, seen->second);
    }
  }
  take_as_seen_once(hits);
  Auditor auditor(schema_, rules_, options_);
  const AuditContext& facts = judged_->facts_for_report();
  const ValueReads::Scope scope = judged_->report_scope();
  auditor.add(auditor.report(facts, judged_->store_index(), std::move(hits)));
  return std::move(auditor).finish();
}

std::vector<FindingEvent> StoreWatch::update(bool settled, Clock::time_point now,
                                             const Transients& before) {
  AuditResult present = result(before);
  std::vector<FindingEvent> events = life_.update(take_counted(present), settled, now);
  // A fault that can disappear is info in a store that is not settled, but it has its life.
  std::erase_if(present.findings, [&](const Finding& finding) { return life_.has(finding); });
  others_ = count(present);
  return events;
}

std::vector<Finding> StoreWatch::found_in(const Result<Snapshot>& store) {
  Auditor auditor(schema_, rules_, options_);
  auditor.add(store->info().name, store);
  AuditResult result = std::move(auditor).finish();
  return take_counted(result);
}

ResultCounts StoreWatch::counts() const {
  ResultCounts counts = others_;
  life_.count_in(counts);
  counts.failed = life_.size() > 0;
  return counts;
}

// Its hits are as if it had been so all the time, so only what is new and concerns the node counts.
void StoreWatch::judge_passing(const std::vector<NodeChange>& changes, Report& report) {
  std::vector<PassingState> passing = passing_states(changes);
  std::erase_if(passing, [&](const PassingState& state) {
    return judged_->store().find(state.path) == kNoNode;
  });
  if (passing.size() > kMaxPassing) {
    report.not_judged += passing.size() - kMaxPassing;
    passing.resize(kMaxPassing);
  }
  std::size_t whole = 0;
  for (const PassingState& state : passing) {
    auto findings = found_while(state, whole);
    if (!findings) continue;
    for (Finding& finding : *findings) {
      const auto went = [&](const FindingEvent& event) {
        return event.what == FindingEvent::What::gone &&
               event.finding.fingerprint == finding.fingerprint;
      };
      if (life_.has(finding) || !concerns(finding, state.path)) continue;
      if (std::any_of(report.events.begin(), report.events.end(), went)) continue;
      report.events.push_back({.what = FindingEvent::What::passed,
                               .finding = std::move(finding),
                               .lasted = state.lasted,
                               .times = state.times});
    }
  }
  if (whole > kMaxPassingWhole) report.not_judged += whole - kMaxPassingWhole;
}

std::optional<std::vector<Finding>> StoreWatch::found_while(const PassingState& state,
                                                            std::size_t& whole) {
  const NodeId node = only_value({state.path, state.facts, state.facts, {}});
  if (node != kNoNode && !judged_->matters(node, state.facts.value)) return std::nullopt;
  const bool in_part = node != kNoNode && !judged_->needs_everything(node);
  if (!in_part && ++whole > kMaxPassingWhole) return std::nullopt;
  if (node == kNoNode) return found_in(with(judged_->copy(), state));
  const std::string present = judged_->value(node);
  set_values({{node, state.facts.value}});
  AuditResult then = result();
  set_values({{node, present}});
  return take_counted(then);
}

StoreWatch::Transients StoreWatch::transients() const {
  Transients all;
  const AllHits& hits = judged_->hits();
  for (std::size_t rule = 0; rule < hits.size(); ++rule) {
    for (const Hit& hit : hits[rule].hits) {
      if (!hit.confirmed)
        all.emplace(std::pair(rule, judged_->store().path(hit.node)), hit.severity);
    }
  }
  return all;
}

StoreWatch::Report StoreWatch::settle(Clock::time_point now) {
  Report report;
  settle_at_.reset();
  if (judged_ == nullptr || !earlier_) return report;
  const Earlier earlier = *std::exchange(earlier_, std::nullopt);
  report.events = update(true, now, earlier.transients);
  if (earlier.judgement == judgements_) return report;
  // What appeared since the earlier store was seen once.
  earlier_ = Earlier{judgements_, transients()};
  settle_at_ = now + kSettling;
  return report;
}

}  // namespace xsaudit
