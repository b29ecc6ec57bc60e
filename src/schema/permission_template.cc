#include "schema/permission_template.h"

namespace xsaudit {

Result<PermissionTemplate> PermissionTemplate::parse(std::string_view text) {
  Parsed form{std::string(text), {}};
  for (bool more = true; more;) {
    const std::string_view part = text.substr(0, text.find(','));
    more = part.size() < text.size();
    text.remove_prefix(part.size() + (more ? 1 : 0));

    Entry one;
    const bool variable = part.size() > 1 && part[1] == '$';
    // A domid in place of the variable leaves the letter, and all that can be wrong with it.
    auto entry = parse_permission_entry(variable ? std::string(part.substr(0, 1)) + "0" : part);
    if (!entry) return Error{"", entry.error().message, "as in n0,r$DOMID"};
    if (!can_exist(entry->domid) && entry->domid != kAnyDomid) {
      return Error{"", "no domain can have the number " + std::to_string(entry->domid), ""};
    }
    one.entry = *entry;
    if (variable) one.variable = part.substr(2);
    if (variable && one.variable.empty())
      return Error{"", "'$' without the name of a variable", ""};
    form.entries.push_back(std::move(one));
  }
  return PermissionTemplate(std::move(form));
}

}  // namespace xsaudit
