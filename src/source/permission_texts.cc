#include "source/permission_texts.h"

namespace xsaudit {

Result<PermissionsId> PermissionTexts::id(std::string_view text) {
  const StringId known = texts_.add(text);
  if (known >= ids_.size()) ids_.resize(known + 1, kNoPermissions);
  if (ids_[known] != kNoPermissions) return ids_[known];
  const Result<Permissions> permissions = parse_permissions(text);
  if (!permissions) return permissions.error();
  ids_[known] = builder_.permissions_id(*permissions);
  return ids_[known];
}

}  // namespace xsaudit
