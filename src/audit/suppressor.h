// Finds for each finding the suppression that covers it, and keeps count of what became of every
// suppression. A finding may stand for many nodes, and of several guests: it is only covered where
// all of them are, so that nothing new hides behind what is known. Used by one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/guests.h"
#include "audit/suppression.h"
#include "rules/evaluation.h"

namespace xsaudit {

class Suppressor {
 public:
  Suppressor(std::vector<Suppression> suppressions, Day today, const RuleSet& rules);

  // The first one in force that covers a violation, by its place in uses(); nothing if none does.
  std::optional<std::size_t> find(const Violation& violation, const Snapshot& snapshot,
                                  Guests& guests);

  // What became of the same suppressions in another source.
  void add(const Suppressor& other);

  // In the order of the suppressions.
  std::vector<SuppressionUse> uses() && { return std::move(uses_); }

 private:
  std::vector<SuppressionUse> uses_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_rule_;  // index into uses_
};

}  // namespace xsaudit
