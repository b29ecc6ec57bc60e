// Small stores for tests, written as paths with permissions. Values are empty.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "store/snapshot_builder.h"

namespace xsaudit {

// {"/local/domain/1", "n0,r1"}; an empty text leaves the node's permissions unknown.
using PathAndPermissions = std::pair<std::string, std::string>;

inline Snapshot make_snapshot(std::initializer_list<PathAndPermissions> nodes,
                              Daemon daemon = Daemon::unknown) {
  SnapshotBuilder builder;
  for (const auto& [path, permissions] : nodes) {
    const NodeId node = builder.at(path);
    builder.set_value(node, "");
    if (!permissions.empty()) builder.set_permissions(node, *parse_permissions(permissions));
  }
  SnapshotInfo info;
  info.has_permissions = true;
  info.daemon = daemon;
  return std::move(builder).finish(std::move(info), UnknownReason::known);
}

}  // namespace xsaudit
