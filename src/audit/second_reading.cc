#include "audit/second_reading.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/judge_rules.h"
#include "rules/rule.h"
#include "rules/superseding.h"
#include "store/path.h"

namespace xsaudit {
namespace {

const RuleProgram& program(const RuleSet& rules, std::size_t rule) {
  return *rules.rules()[rule].program;
}

}  // namespace

bool may_pass(const RuleSet& rules, const AllHits& hits) {
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (program(rules, i).transient && !hits[i].hits.empty()) return true;
  }
  return false;
}

void take_as_seen_once(AllHits& hits) {
  for (RuleHits& rule : hits) {
    for (Hit& hit : rule.hits) {
      if (hit.confirmed || hit.severity == Severity::info) continue;
      hit.severity = Severity::info;
      hit.recheck = Recheck::seen_once;
    }
  }
}

void take_as_not_seen_again(const RuleSet& rules, AllHits& hits) {
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (!program(rules, i).transient) continue;
    for (Hit& hit : hits[i].hits) hit.recheck = Recheck::not_seen;
  }
}

SecondReading::SecondReading(const RuleSet& rules, const AuditContext& first,
                             StoreIndex& first_index, const AuditContext& second,
                             const JudgingClock::Limit& limit, std::size_t threads)
    : rules_(rules),
      first_(first),
      first_index_(first_index),
      second_(second),
      store_index_(second, limit),
      threads_(threads),
      guests_(second.schema, second.snapshot, &second.access),
      guests_then_(first.schema, first.snapshot, &first.access),
      rechecked_(rules.rules().size()),
      later_(rules.rules().size()) {
  for (const std::size_t rule : rules.order()) {
    const auto& superseders = program(rules, rule).superseded_by;
    rechecked_[rule] =
        program(rules, rule).transient ||
        std::any_of(superseders.begin(), superseders.end(),
                    [&](const auto& superseder) { return rechecked_[superseder.rule]; });
  }
}

Status SecondReading::apply(AllHits& hits) {
  XSAUDIT_TRY(judge());
  mark_superseded(rules_, hits);
  recheck(hits);
  follow_names(hits);
  drop(hits);
  return ok();
}

// All rules must be done: a missing one could be the rule that reports the fault now.
Status SecondReading::judge() {
  const ShapeMatches matches(rules_.patterns(), second_.snapshot);
  later_ = judge_rules(rules_, second_, store_index_, matches, {.threads = threads_});
  const auto finished = [](const RuleHits& hits) { return hits.finished; };
  if (std::all_of(later_.begin(), later_.end(), finished)) return ok();
  return Error{"", "the time limit of --judge-timeout was reached", ""};
}

void SecondReading::recheck(AllHits& hits) {
  for (std::size_t rule = 0; rule < hits.size(); ++rule) {
    if (!rechecked_[rule] || hits[rule].hits.empty()) continue;
    RuleRun run(rules_.rules()[rule], second_, store_index_);
    for (Hit& hit : hits[rule].hits) recheck(hit, program(rules_, rule).transient, run);
  }
}

void SecondReading::recheck(Hit& hit, bool transient, RuleRun& run) {
  const std::string path = first_.snapshot.path(hit.node);
  hit.recheck = Recheck::gone;
  if (another_guest(path)) return;
  const Presence presence = second_.snapshot.presence(path);
  if (presence == Presence::absent) return;
  Hit now;
  const RuleRun::State state = presence == Presence::present
                                   ? run.state_at(second_.snapshot.find(path), now)
                                   : RuleRun::State::unknown;
  if (state == RuleRun::State::unknown) hit.recheck = Recheck::not_seen;
  if (state != RuleRun::State::violated) return;
  hit.recheck = Recheck::again;
  if (transient && now.severity_sure) hit.severity = std::min(hit.severity, now.severity);
}

// Whether the domain of the path is gone and another domain has its number. Only a UUID that no
// guest can write shows it.
bool SecondReading::another_guest(std::string_view path) {
  const auto domid = guests_then_.subject(path);
  if (!domid) return false;
  const Guest& then = guests_then_.guest(*domid);
  const Guest& now = guests_.guest(*domid);
  return then.uuid_sure && now.uuid_sure && then.uuid != now.uuid;
}

const Hit* SecondReading::new_hit(const AllHits& hits, std::size_t rule,
                                  const Hit& at_second) const {
  const NodeId before = first_.snapshot.find(second_.snapshot.path(at_second.node));
  return before == kNoNode || hits[rule].at(before) == nullptr ? &at_second : nullptr;
}

const Hit* SecondReading::new_hit(const AllHits& hits, std::size_t rule,
                                  const std::string& path) const {
  if (later_[rule].hits.empty() || !valid_path(path)) return nullptr;
  const NodeId node = second_.snapshot.find(path);
  const Hit* const found = node == kNoNode ? nullptr : later_[rule].at(node);
  return found == nullptr ? nullptr : new_hit(hits, rule, *found);
}

// Another rule may report the fault now: a rule that supersedes this one or is superseded by it, or
// another transient rule at the same node. Otherwise a guest could avoid all findings by changing
// from one fault to the next between the two readings.
void SecondReading::follow_names(AllHits& hits) {
  for (std::size_t rule = 0; rule < hits.size(); ++rule) {
    if (!program(rules_, rule).transient) continue;
    for (std::size_t i = 0; i < hits[rule].hits.size(); ++i) {
      const Hit& hit = hits[rule].hits[i];
      if (hit.recheck != Recheck::gone) continue;
      std::string path = first_.snapshot.path(hit.node);
      if (another_guest(path)) continue;
      passed_[std::move(path)].push_back({.rule = rule, .hit = i});
    }
  }
  if (passed_.empty()) return;
  for (auto& [path, all] : passed_) {
    for (Passed& passed : all) follow(passed, hits);
  }
  follow_those_elsewhere(hits);
  for (const auto& [path, all] : passed_) {
    for (const Passed& passed : all) {
      if (passed.later == nullptr) continue;
      Hit& hit = hits[passed.rule].hits[passed.hit];
      hit.recheck = Recheck::renamed;
      hit.later_rule = static_cast<std::uint16_t>(passed.later_rule);
      hit.severity = std::min(hit.severity, severity(passed));
    }
  }
}

// A hit of uncertain severity may be as severe as any.
Severity SecondReading::severity(const Passed& passed) {
  return passed.later->severity_sure ? passed.later->severity : Severity::critical;
}

// The most severe hit counts.
void SecondReading::Passed::take(std::size_t other, const Hit* found) {
  if (found == nullptr) return;
  Passed taken = *this;
  taken.later_rule = other;
  taken.later = found;
  if (later == nullptr || SecondReading::severity(taken) > SecondReading::severity(*this))
    *this = taken;
}

void SecondReading::follow(Passed& passed, const AllHits& hits) {
  const Hit& hit = hits[passed.rule].hits[passed.hit];
  const std::string path = first_.snapshot.path(hit.node);
  const auto same_thing = [&](const RuleProgram::Superseder& superseder) {
    return superseder.rule == passed.rule && superseder.at == nullptr;
  };
  for (std::size_t rule = 0; rule < hits.size(); ++rule) {
    const auto& superseders = program(rules_, rule).superseded_by;
    if (rule == passed.rule || (!program(rules_, rule).transient &&
                                std::none_of(superseders.begin(), superseders.end(), same_thing))) {
      continue;
    }
    passed.take(rule, new_hit(hits, rule, path));
  }
  std::optional<RuleRun> then;
  for (const RuleProgram::Superseder& superseder : program(rules_, passed.rule).superseded_by) {
    if (later_[superseder.rule].hits.empty()) continue;
    if (!then) then.emplace(rules_.rules()[passed.rule], first_, first_index_);
    const auto there = then->superseder_path(hit, superseder);
    if (there) passed.take(superseder.rule, new_hit(hits, superseder.rule, *there));
  }
}

// Hits of the second reading at other nodes that would have been superseded by a hit that is gone.
void SecondReading::follow_those_elsewhere(const AllHits& hits) {
  for (std::size_t rule = 0; rule < hits.size(); ++rule) {
    std::optional<RuleRun> now;
    for (const RuleProgram::Superseder& superseder : program(rules_, rule).superseded_by) {
      if (superseder.at == nullptr || !program(rules_, superseder.rule).transient) continue;
      for (const Hit& later : later_[rule].hits) {
        if (new_hit(hits, rule, later) == nullptr) continue;
        if (!now) now.emplace(rules_.rules()[rule], second_, store_index_);
        const auto there = now->superseder_path(later, superseder);
        const auto found = there ? passed_.find(*there) : passed_.end();
        if (found == passed_.end()) continue;
        for (Passed& passed : found->second) {
          if (passed.rule == superseder.rule) passed.take(rule, &later);
        }
      }
    }
  }
}

void SecondReading::drop(AllHits& hits) const {
  for (std::size_t rule = 0; rule < hits.size(); ++rule) {
    const bool transient = program(rules_, rule).transient;
    std::erase_if(hits[rule].hits, [&](const Hit& hit) {
      return hit.recheck == Recheck::gone && (transient || hit.superseded);
    });
    if (transient) continue;
    for (Hit& hit : hits[rule].hits) hit.recheck = Recheck::none;
  }
}

}  // namespace xsaudit
