// A node's permissions as xenstored keeps them: a list whose first entry names the owner, and whose
// first letter is not the owner's right but the default of every domain without an entry of its own
// (xenstored core.c perm_for_conn). access.h evaluates the access that a list grants. Plain values;
// any thread may read a shared one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace xsaudit {

// Wide and signed, because an entry keeps any number that its daemon printed. A guest can set r-5
// or r70000 on a node of its own: C xenstored keeps 32 bits of the number and prints them with a
// sign (xenstore-common.h xenstore_perm_to_string), oxenstored keeps 63 and prints them without one
// (perms.ml string_of_perm). Both compare the whole number with a domain's, so that such an entry
// applies to no domain.
using Domid = std::int64_t;

// DOMID_ANY of xen/include/public/xen.h (0x7FF5): from Xen 4.22 an entry for it means every domain.
inline constexpr Domid kAnyDomid = 32757;
// DOMID_FIRST_RESERVED (0x7FF0): no domain ever has this or a higher domid.
inline constexpr Domid kFirstReservedDomid = 32752;
// Whether a domain can have this number.
constexpr bool can_exist(Domid domid) { return domid >= 0 && domid < kFirstReservedDomid; }

struct PermissionEntry {
  Domid domid = 0;
  bool read = false;
  bool write = false;
  // Kept but ignored by C xenstored, because the domain did not exist when the entry was made
  // (XS_PERM_IGNORE). Only a daemon's own state shows it: GET_PERMS masks the flag.
  bool stale = false;

  // 'n', 'r', 'w' or 'b'.
  char letter() const { return read ? (write ? 'b' : 'r') : (write ? 'w' : 'n'); }
  bool operator==(const PermissionEntry&) const = default;
};

// Never empty for a node whose permissions are known.
using Permissions = std::vector<PermissionEntry>;

// "n0,r1" -> list. Letters n, r, w, b; decimal numbers of 64 bits, of a domain or not.
Result<Permissions> parse_permissions(std::string_view text);

// One entry: "r1".
Result<PermissionEntry> parse_permission_entry(std::string_view text);

// As xenstore-ls -p prints it, without the parentheses: "n0,r1".
std::string to_text(const Permissions& permissions);

}  // namespace xsaudit
