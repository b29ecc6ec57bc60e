// Permission lists by what a listing prints of them: a store has few distinct lists, so each is
// parsed once. Used by one thread, for one builder, which must outlive it.
#pragma once

#include <string_view>
#include <vector>

#include "store/snapshot_builder.h"

namespace xsaudit {

class PermissionTexts {
 public:
  explicit PermissionTexts(SnapshotBuilder& builder) : builder_(builder) {}

  // "n0,r1"; an error if it is no list of permissions.
  Result<PermissionsId> id(std::string_view text);

 private:
  SnapshotBuilder& builder_;
  StringPool texts_;
  std::vector<PermissionsId> ids_;  // by StringId; kNoPermissions where not yet parsed
};

}  // namespace xsaudit
