#include "rules/evaluation.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <set>

#include "rules/rule_report.h"
#include "rules/rule_run.h"
#include "rules/secret_nodes.h"
#include "rules/yielding.h"
#include "store/path.h"

namespace xsaudit {
namespace {

using FoundAt = std::pair<const Rule*, std::string_view>;
std::set<FoundAt> places_of(const Evaluation& evaluation) {
  std::set<FoundAt> places;
  for (const Violation& violation : evaluation.violations) {
    places.emplace(violation.rule, violation.path);
  }
  return places;
}

// What is wrong at a place, or with something that holds it, if the domains are dead.
class FoundOfTheDead {
 public:
  FoundOfTheDead(const Evaluation& if_dead, const std::set<FoundAt>& found_anyway) {
    for (const Violation& violation : if_dead.violations) {
      if (found_anyway.count({violation.rule, violation.path}) > 0) continue;
      const auto [place, added] = by_path_.try_emplace(violation.path, &violation);
      if (!added && place->second->severity < violation.severity) place->second = &violation;
    }
  }
  // Null if nothing is.
  const Violation* at(std::string_view path) const {
    for (; path != "/"; path = parent_path(path)) {
      if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    }
    return nullptr;
  }

 private:
  std::map<std::string_view, const Violation*> by_path_;
};

// The domains that the finding's place names and that may be dead: "domains 3 and 7".
std::string domains_of(const Violation& violation, const Liveness& liveness) {
  std::vector<Domid> domids;
  for (const auto& [name, text] : violation.bindings) {
    Domid domid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), domid);
    const bool is_domid =
        name.ends_with("DOMID") && error == std::errc() && end == text.data() + text.size();
    if (is_domid && liveness.state(domid) == Liveness::State::unknown) domids.push_back(domid);
  }
  return domids.empty() ? "its domain" : DomainSet::of(domids).text();
}

// Adds what is wrong whether the domains are alive or dead. It is told as it would be if they were
// alive, and weighs no more than what would be told if they were dead.
void add_found_in_both(const Evaluation& if_alive, const Evaluation& if_dead,
                       const Liveness& liveness, Evaluation& all) {
  const std::set<FoundAt> found = places_of(all);
  const FoundOfTheDead dead(if_dead, found);
  std::vector<Violation> added;
  for (const Violation& violation : if_alive.violations) {
    if (violation.is_line() || found.count({violation.rule, violation.path}) > 0) continue;
    const Violation* const other = dead.at(violation.path);
    if (other == nullptr) continue;
    added.push_back(violation);
    added.back().severity = std::min(violation.severity, other->severity);
    added.back().proven = violation.proven && other->proven;
    added.back().message += " (whether " + domains_of(violation, liveness) +
                            " is running is not known; if not, this is left over)";
  }
  std::move(added.begin(), added.end(), std::back_inserter(all.violations));
}

Evaluation evaluate_once(const RuleSet& rules, const Facts& facts, Columns& columns,
                         const std::function<void(std::size_t)>& told) {
  AllHits all = find_hits(rules, facts, columns, told);
  decide_who_yields(rules, all);
  return report_hits(rules, facts, columns, all);
}

}  // namespace

AllHits find_hits(const RuleSet& rules, const Facts& facts, Columns& columns,
                  const std::function<void(std::size_t)>& told) {
  AllHits all(rules.rules().size());
  std::size_t done = 0;
  for (const std::size_t index : rules.order()) {
    const std::uint64_t steps = columns.clock().steps();
    all[index] = RuleRun(rules.rules()[index], facts, columns).find(all);
    all[index].steps = columns.clock().steps() - steps;
    if (told) told(++done);
  }
  return all;
}

Evaluation report_hits(const RuleSet& rules, const Facts& facts, Columns& columns,
                       const AllHits& all) {
  Evaluation evaluation;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t steps = columns.clock().steps();
    RuleReport(rules, i, facts, columns).tell(all[i].hits, evaluation);
    evaluation.steps.push_back(all[i].steps + columns.clock().steps() - steps);
    const auto& entries = all[i].not_evaluated;
    evaluation.not_evaluated.insert(evaluation.not_evaluated.end(), entries.begin(), entries.end());
  }
  return evaluation;
}

void add_found_either_way(const RuleSet& rules, const Facts& facts, Columns& columns,
                          const JudgingClock::Limit& limit, Evaluation& evaluation) {
  const auto by_liveness = [](const NotEvaluated& entry) { return entry.by_liveness; };
  const auto& entries = evaluation.not_evaluated;
  if (columns.clock().over() || std::none_of(entries.begin(), entries.end(), by_liveness)) return;
  const auto assuming = [&](Liveness::State state) {
    const Liveness liveness = facts.liveness.assuming(state);
    const Facts assumed = facts.with(liveness);
    Columns own(assumed, limit);
    return evaluate_once(rules, assumed, own, {});
  };
  const Evaluation if_alive = assuming(Liveness::State::alive);
  const Evaluation if_dead = assuming(Liveness::State::dead);
  add_found_in_both(if_alive, if_dead, facts.liveness, evaluation);
}

Evaluation evaluate(const RuleSet& rules, const Facts& given,
                    const std::function<void(std::size_t)>& told,
                    const JudgingClock::Limit& limit) {
  SecretNodes secrets;
  Facts facts = given;
  facts.secrets = &secrets;
  Columns columns(facts, limit);
  secrets = find_secrets(rules, facts, columns);
  Evaluation evaluation = evaluate_once(rules, facts, columns, told);
  add_found_either_way(rules, facts, columns, limit, evaluation);
  return evaluation;
}

}  // namespace xsaudit
