#include "store/node_change.h"

#include <algorithm>
#include <map>

namespace xsaudit {

NodeFacts facts_of(const Snapshot& store, NodeId node) {
  const Permissions* const list = store.permissions(node);
  return {.present = true,
          .value = std::string(store.value(node)),
          .value_unknown = store.value_unknown(node),
          .permissions = list == nullptr ? Permissions() : *list,
          .permissions_unknown = store.permissions_unknown(node)};
}

std::vector<PassingState> passing_states(const std::vector<NodeChange>& changes) {
  std::map<std::string, std::vector<const NodeChange*>> by_path;
  for (const NodeChange& change : changes) by_path[change.path].push_back(&change);
  std::vector<PassingState> passing;
  for (const auto& [path, series] : by_path) {
    const NodeFacts& first = series.front()->before;
    const NodeFacts& last = series.back()->after;
    if (!first.present || !last.present) continue;
    const std::size_t begin = passing.size();
    for (std::size_t i = 0; i + 1 < series.size(); ++i) {
      const NodeFacts& facts = series[i]->after;
      if (!facts.present || facts == first || facts == last) continue;
      auto known = std::find_if(passing.begin() + static_cast<std::ptrdiff_t>(begin), passing.end(),
                                [&](const PassingState& state) { return state.facts == facts; });
      if (known == passing.end()) {
        passing.push_back({.path = path, .facts = facts});
        known = passing.end() - 1;
      }
      ++known->times;
      known->lasted += std::chrono::duration_cast<std::chrono::microseconds>(series[i + 1]->time -
                                                                             series[i]->time);
    }
  }
  return passing;
}

}  // namespace xsaudit
