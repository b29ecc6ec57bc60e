// An order of nodes by names: each after its parent, children of one node by their names. It does
// not depend on the order in which a daemon lists them, and no paths are built to compare two
// nodes. Made for the hits of one rule, which are few in most stores: other nodes have no place.
// Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "rules/evaluation.h"
#include "store/snapshot.h"

namespace xsaudit {

class NameOrder {
 public:
  NameOrder(const Snapshot& snapshot, const std::vector<Hit>& hits);

  // The place of a node of a hit.
  std::uint32_t place(NodeId node) const { return places_[node - first_]; }

 private:
  NodeId first_ = kRootNode;           // the first node of a hit
  std::vector<std::uint32_t> places_;  // by node, from that one on; only of hits
};

}  // namespace xsaudit
