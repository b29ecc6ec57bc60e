// A store to which changes are applied one after the other: a snapshot, and what is known since of
// the nodes that changed. The recorder keeps one of the store that it has recorded so far, and a
// reader makes one from a segment.
//
// Memory is bounded by the nodes that the store has and those that it had since the last merge().
// Used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/node_change.h"
#include "store/snapshot.h"

namespace xsaudit {

class ChangedStore {
 public:
  explicit ChangedStore(Snapshot base) : base_(std::move(base)) {}

  // A node that is gone takes all nodes below it along. Merges now and then, so that nodes that
  // came and went take no memory.
  void apply(const std::string& path, NodeFacts facts);

  NodeFacts facts(const std::string& path) const;
  SnapshotInfo& info() { return base_.info(); }
  const SnapshotInfo& info() const { return base_.info(); }

  // The store with all changes; nodes that came are behind the older ones in the same directory.
  Snapshot snapshot() const;
  // Makes that the snapshot to which further changes are applied.
  void merge();

  // The changes that make this store equal to `store`, parents before their children.
  std::vector<NodeChange> difference(const Snapshot& store);
  // Whether the two know the same nodes' children; a change cannot say this.
  bool same_children_known(const Snapshot& store) const;

 private:
  struct Change {
    NodeFacts facts;
    // The number of the last change that made the node; 0: it is a node of the snapshot.
    std::uint64_t made = 0;
  };
  static constexpr std::size_t kMostChanges = 100'000;

  Snapshot base_;
  std::map<std::string, Change> changes_;  // by path
  std::uint64_t made_ = 0;
};

}  // namespace xsaudit
