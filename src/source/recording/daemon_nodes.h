// The nodes of a daemon's own dump: each with its whole path, in any order, special nodes included.
// Used by one thread, for one dump.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot_builder.h"

namespace xsaudit {

class DaemonNodes {
 public:
  // The node at a path of the dump; "@releaseDomain" is a child of "/". kNoNode, with a gap at
  // `place`, for a name that no node can have and for a repeated path.
  NodeId add(std::string_view path, const std::string& place);
  SnapshotBuilder& builder() { return builder_; }
  SnapshotInfo& info() { return info_; }

  // Records that a part of the dump is missing: nodes that it does not show may exist.
  void mark_hole() { info_.coverage = Coverage::excerpt; }

  // `always`: paths that every store has.
  Snapshot finish(std::string name, const std::vector<std::string>& always) &&;

 private:
  SnapshotBuilder builder_;
  SnapshotInfo info_;
};

}  // namespace xsaudit
