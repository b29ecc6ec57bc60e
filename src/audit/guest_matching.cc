#include "audit/guest_matching.h"

#include <algorithm>

#include "base/number_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// UUIDs that exactly one domain of a store has. Both halves of a local migration share one.
std::map<std::string, Domid> by_uuid(Guests& guests, const std::vector<Domid>& homes) {
  std::map<std::string, Domid> found;
  std::set<std::string> shared;
  for (const Domid domid : homes) {
    const std::string& uuid = guests.guest(domid).uuid;
    if (!uuid.empty() && !found.emplace(uuid, domid).second) shared.insert(uuid);
  }
  for (const std::string& uuid : shared) found.erase(uuid);
  return found;
}

// Domids of guests that the older store does not have become numbers that no permission entry of a
// domain has.
constexpr Domid kUnmatched = Domid{1} << 40;

}  // namespace

GuestMatching::GuestMatching(const Schema& schema, const Snapshot& older, const Snapshot& newer,
                             Guests& guests_of_older, Guests& guests_of_newer)
    : schema_(schema), guests_of_older_(guests_of_older), guests_of_newer_(guests_of_newer) {
  const std::vector<Domid> older_homes = schema.domains().homes(older);
  const std::vector<Domid> newer_homes = schema.domains().homes(newer);
  const auto older_uuids = by_uuid(guests_of_older, older_homes);
  const auto newer_uuids = by_uuid(guests_of_newer, newer_homes);
  taken_.insert(older_homes.begin(), older_homes.end());

  for (const Domid domid : newer_homes) {
    const auto uuid = newer_uuids.find(guests_of_newer.guest(domid).uuid);
    if (domid == 0 || uuid == newer_uuids.end()) continue;
    const auto same = older_uuids.find(uuid->first);
    if (same != older_uuids.end() && same->second != 0) match(same->second, domid);
  }
  std::set<Domid> matched;
  for (const auto& [domid, same] : to_older_) matched.insert(same);
  // Without a UUID, or with one that another domain has too, the domid is all there is.
  for (const Domid domid : newer_homes) {
    if (to_older_.contains(domid) || !taken_.contains(domid) || matched.contains(domid)) continue;
    const std::string& before = guests_of_older.guest(domid).uuid;
    const std::string& after = guests_of_newer.guest(domid).uuid;
    if (domid != 0 && !before.empty() && !after.empty() && before != after) continue;
    matched.insert(domid);
    match(domid, domid);
  }
  for (const Domid domid : newer_homes) {
    if (to_older_.contains(domid)) continue;
    came_.push_back(guests_of_newer.guest(domid));
    to_older_[domid] = taken_.contains(domid) ? kUnmatched + domid : domid;
  }
  for (const Domid domid : older_homes) {
    if (!matched.contains(domid)) gone_.push_back(guests_of_older.guest(domid));
  }
}

void GuestMatching::match(Domid older, Domid newer) {
  to_older_[newer] = older;
  if (older == newer) return;
  renumbered_.push_back({guests_of_older_.guest(older), newer});
  moved_.insert(older);
}

Domid GuestMatching::translated(Domid domid) const {
  const auto found = to_older_.find(domid);
  if (found != to_older_.end()) return found->second;
  // A domain without a home in the newer store: not the guest that has this domid in the older one
  // if that guest has another domid now.
  return moved_.contains(domid) ? kUnmatched + domid : domid;
}

std::string GuestMatching::translated_path(std::string_view path) const {
  std::string translated_path;
  std::size_t done = 0;
  for (const Guests::NamedDomain& named : guests_of_newer_.named_domains(path)) {
    const Domid domid = translated(named.domid);
    if (domid == named.domid) continue;
    translated_path.append(path.substr(done, named.offset - done)).append(std::to_string(domid));
    done = named.offset + named.length;
  }
  return translated_path.append(path.substr(done));
}

Permissions GuestMatching::translated(Permissions permissions) const {
  for (PermissionEntry& entry : permissions) entry.domid = translated(entry.domid);
  return permissions;
}

// The type is a domid, or what a variable of the path stands for that is one.
bool GuestMatching::is_domid(const ValueType& type) const {
  const std::vector<std::string> names = type.variables();
  return type.allows("domid") ||
         std::any_of(names.begin(), names.end(), [&](const std::string& name) {
           const auto variable = schema_.variables().find(name);
           return variable != schema_.variables().end() && variable->second == VariableType::domid;
         });
}

std::string GuestMatching::translated_value(std::string_view value,
                                            const SchemaEntry* entry) const {
  if (value.starts_with('/') && valid_path(value)) return translated_path(value);
  Domid domid = 0;
  if (entry != nullptr && is_domid(entry->type) && whole_number(value, domid)) {
    return std::to_string(translated(domid));
  }
  return std::string(value);
}

}  // namespace xsaudit
