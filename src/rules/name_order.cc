#include "rules/name_order.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace xsaudit {

NameOrder::NameOrder(const Snapshot& snapshot, const std::vector<Hit>& hits) {
  std::vector<bool> wanted(snapshot.size());
  wanted[kRootNode] = true;
  for (const Hit& hit : hits) {
    for (NodeId at = hit.node; !wanted[at]; at = snapshot.parent(at)) wanted[at] = true;
  }
  struct Child {
    NodeId parent;
    NodeId node;
  };
  std::vector<Child> children;
  for (NodeId node = 0; node < snapshot.size(); ++node) {
    if (!wanted[node]) continue;
    places_.emplace_back(node, 0);
    if (node != kRootNode) children.push_back({snapshot.parent(node), node});
  }
  std::sort(children.begin(), children.end(), [&](const Child& a, const Child& b) {
    if (a.parent != b.parent) return a.parent < b.parent;
    return snapshot.name(b.node) < snapshot.name(a.node);  // the first is taken from the end
  });

  std::uint32_t place = 0;
  std::vector<NodeId> next = {kRootNode};
  while (!next.empty()) {
    const NodeId at = next.back();
    next.pop_back();
    const auto own = std::lower_bound(places_.begin(), places_.end(), std::pair(at, 0U));
    own->second = place++;
    const auto first =
        std::lower_bound(children.begin(), children.end(), at,
                         [](const Child& child, NodeId parent) { return child.parent < parent; });
    for (auto child = first; child != children.end() && child->parent == at; ++child) {
      next.push_back(child->node);
    }
  }
}

std::uint32_t NameOrder::place(NodeId node) const {
  return std::lower_bound(places_.begin(), places_.end(), std::pair(node, 0U))->second;
}

}  // namespace xsaudit
