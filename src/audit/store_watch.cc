#include "audit/store_watch.h"

#include <algorithm>
#include <set>
#include <utility>

#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

Snapshot copied(const Snapshot& store) {
  return SnapshotBuilder::of(store).finish(store.info(), UnknownReason::not_recorded);
}

// The store as it was while one node had another value or other permissions.
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

}  // namespace

AuditResult StoreWatch::audit(const Result<Snapshot>& store, const Auditor::Resample& again) {
  Auditor auditor(schema_, rules_, options_);
  auditor.add(store.ok() ? store->info().name : "live", store, again);
  AuditResult result = std::move(auditor).finish();
  summaries_ = result.rules;
  std::set<std::size_t> undecided;
  for (const UndecidedRule& entry : result.not_evaluated) undecided.insert(entry.rule);
  undecided_rules_ = undecided.size();
  return result;
}

std::vector<Finding> StoreWatch::counted(AuditResult result) const {
  std::erase_if(result.findings,
                [&](const Finding& finding) { return !result.fails(finding.severity); });
  return std::move(result.findings);
}

StoreWatch::Report StoreWatch::take(Snapshot store, const std::vector<NodeChange>& changes,
                                    Clock::time_point now) {
  Report report;
  store_ = std::make_shared<const Result<Snapshot>>(std::move(store));
  if (!settle_at_) settle_at_ = now + kSettling;
  const std::vector<Finding> found = counted(audit(*store_));
  report.events = life_.update(found, false, now);
  judge_passing(changes, report);
  if (earlier_ == nullptr) earlier_ = store_;
  return report;
}

void StoreWatch::judge_passing(const std::vector<NodeChange>& changes, Report& report) {
  std::vector<PassingState> passing = passing_states(changes);
  std::erase_if(passing,
                [&](const PassingState& state) { return (*store_)->find(state.path) == kNoNode; });
  if (passing.size() > kMaxPassing) {
    report.not_judged = passing.size() - kMaxPassing;
    passing.resize(kMaxPassing);
  }
  for (const PassingState& state : passing) {
    for (Finding& finding : counted(audit(with(**store_, state)))) {
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
}

StoreWatch::Report StoreWatch::settle(Clock::time_point now) {
  Report report;
  settle_at_.reset();
  if (store_ == nullptr) return report;
  const auto earlier = earlier_ == nullptr ? store_ : std::exchange(earlier_, nullptr);
  const AuditResult result =
      audit(*earlier, [this]() -> Result<Snapshot> { return copied(**store_); });
  // What is not transient comes from the present store, and what is from both.
  std::vector<Finding> found = counted(audit(*store_));
  for (Finding& finding : counted(result)) {
    const auto same = [&](const Finding& other) {
      return other.fingerprint == finding.fingerprint && other.path == finding.path;
    };
    const bool transient = rules_.find(result.rules[finding.rule].id)->program->transient;
    if (transient && std::none_of(found.begin(), found.end(), same)) {
      found.push_back(std::move(finding));
    }
  }
  report.events = life_.update(found, true, now);
  if (earlier == store_) return report;
  // What appeared since the earlier store was seen once.
  earlier_ = store_;
  settle_at_ = now + kSettling;
  return report;
}

}  // namespace xsaudit
