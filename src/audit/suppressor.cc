#include "audit/suppressor.h"

#include <algorithm>

namespace xsaudit {
namespace {

using Match = Suppression::Match;

// What a suppression says of all nodes that a violation stands for.
struct Cover {
  Match first = Match::no;  // of the node that the finding is told at
  Match all = Match::no;    // the least that it says of any
};

Cover cover(const Suppression& suppression, const Violation& violation, const Snapshot& snapshot,
            Guests& guests) {
  const auto match = [&](const std::string& path) {
    const auto domid = guests.subject(path);
    if (!domid) return suppression.matches(path, nullptr, false);
    const bool others = guests.belongs_to_another(path, *domid);
    return suppression.matches(path, &guests.guest(*domid), others);
  };
  Cover cover;
  cover.first = cover.all = match(violation.path);
  for (const NodeId node : violation.others) {
    if (cover.all == Match::no) break;
    cover.all = std::min(cover.all, match(snapshot.path(node)));
  }
  return cover;
}

const char* note_on(const Cover& cover) {
  if (cover.all == Match::unsure) {
    return "a guest could itself have written the name or UUID that it goes by";
  }
  if (cover.all == Match::elsewhere) {
    return "another domain could have done it, as the one that serves the guest; name its path";
  }
  return "it matches only some of the nodes that one finding stands for";
}

}  // namespace

Suppressor::Suppressor(std::vector<Suppression> suppressions, Day today, const RuleSet& rules) {
  for (Suppression& suppression : suppressions) {
    SuppressionUse use;
    if (suppression.expired(today)) use.state = SuppressionUse::State::expired;
    if (rules.find(suppression.rule) == nullptr) use.note = "there is no such rule";
    by_rule_[suppression.rule].push_back(uses_.size());
    use.suppression = std::move(suppression);
    uses_.push_back(std::move(use));
  }
}

std::optional<std::size_t> Suppressor::find(const Violation& violation, const Snapshot& snapshot,
                                            Guests& guests) {
  const auto found = by_rule_.find(violation.rule->id);
  if (found == by_rule_.end()) return std::nullopt;
  std::optional<std::size_t> first;
  for (const std::size_t index : found->second) {
    SuppressionUse& use = uses_[index];
    const Cover covered = cover(use.suppression, violation, snapshot, guests);
    if (covered.all == Match::yes) {
      ++use.findings;
      if (use.state == SuppressionUse::State::expired) continue;
      use.state = SuppressionUse::State::used;
      if (!first) first = index;
    } else if (covered.first != Match::no) {
      use.note = note_on(covered);
    }
  }
  return first;
}

void Suppressor::add(const Suppressor& other) {
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    uses_[i].findings += other.uses_[i].findings;
    if (other.uses_[i].state == SuppressionUse::State::used) {
      uses_[i].state = SuppressionUse::State::used;
    }
    if (!other.uses_[i].note.empty()) uses_[i].note = other.uses_[i].note;
  }
}

}  // namespace xsaudit
