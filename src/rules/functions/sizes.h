// Sizes of nodes, as the daemons count them. Computed once, when a rule first asks: a guest chooses
// how many nodes there are to add up. Any number of threads may ask.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/once.h"
#include "store/snapshot.h"

namespace xsaudit {

class Sizes {
 public:
  explicit Sizes(const Snapshot& snapshot) : snapshot_(snapshot) {}

  // A size, which may be more where a node's facts are not known: `gap` is the first such node.
  struct Size {
    std::int64_t bytes = 0;
    NodeId gap = kNoNode;
  };

  std::int64_t path(NodeId node);  // 1 for "/"
  Size listing(NodeId node);       // the names of its children
  // The size of a node that C xenstored compares with the quota of a domain: core.c,
  // calc_node_acc_size.
  Size node(NodeId node);
  // The same for all nodes of an owner, with the paths they are stored under.
  Size owned(Domid domid);

  // After a change of the value of a node, which was known and is. Whether its size differs.
  bool value_changed(NodeId node, std::size_t size_before);

 private:
  // Nodes and their sizes, sorted.
  using Large = std::vector<std::pair<NodeId, std::int64_t>>;
  // The children of a node are added up when it is asked for, but for nodes with more.
  static constexpr std::size_t kFewChildren = 32;

  void measure();
  void add_owned();
  static std::int64_t large(const Large& sizes, NodeId node);
  std::int64_t path_of(NodeId node) const;
  std::int64_t listing_of(NodeId node) const;
  bool all_known(NodeId node) const;
  std::int64_t bytes_of(NodeId node) const;

  const Snapshot& snapshot_;
  Once measured_;
  std::vector<std::uint16_t> path_;  // by node; UINT16_MAX: in large_paths_
  Large large_paths_;                // no daemon takes such a path
  Large large_listings_;
  std::map<Domid, std::int64_t> owned_;
  NodeId gap_ = kNoNode;  // the first node below "/" of which not all is known
};

}  // namespace xsaudit
