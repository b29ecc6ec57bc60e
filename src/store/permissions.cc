#include "store/permissions.h"

#include <algorithm>

#include "base/escape.h"
#include "base/number_text.h"

namespace xsaudit {

Result<PermissionEntry> parse_permission_entry(std::string_view text) {
  const auto fail = [&](const char* why) {
    return Error{"", "'" + escape_shortened(text, 40) + "' is not a permission: " + why,
                 "a letter n, r, w or b and a domid, as in n0 or r12"};
  };
  if (text.size() < 2) return fail("too short");
  PermissionEntry entry;
  switch (text.front()) {
    case 'n': break;
    case 'r': entry.read = true; break;
    case 'w': entry.write = true; break;
    case 'b': entry.read = entry.write = true; break;
    default: return fail("unknown letter");
  }
  if (!whole_number(text.substr(1), entry.domid)) return fail("the domid is not a number");
  return entry;
}

Result<Permissions> parse_permissions(std::string_view text) {
  Permissions list;
  list.reserve(1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ',')));
  while (true) {
    const std::size_t comma = text.find(',');
    XSAUDIT_ASSIGN(auto entry, parse_permission_entry(text.substr(0, comma)));
    list.push_back(entry);
    if (comma == std::string_view::npos) return list;
    text.remove_prefix(comma + 1);
  }
}

std::string to_text(const Permissions& permissions) {
  std::string out;
  for (const PermissionEntry& entry : permissions) {
    if (!out.empty()) out += ',';
    out += entry.letter();
    out += std::to_string(entry.domid);
  }
  return out;
}

}  // namespace xsaudit
