#include "audit/guest_matching.h"

#include <algorithm>
#include <optional>

#include "base/number_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// The UUIDs that identify a domain of a store: no other domain has the same, as both halves of a
// local migration do, and its directory is there.
class Identities {
 public:
  Identities(const Schema& schema, const Snapshot& store, Guests& guests,
             const std::vector<Domid>& homes) {
    std::map<std::string, int> domains;
    for (const Domid domid : homes) ++domains[guests.guest(domid).uuid];
    for (const Domid domid : homes) {
      const std::string& uuid = guests.guest(domid).uuid;
      if (domid == 0 || uuid.empty() || domains[uuid] > 1) continue;
      if (schema.domains().uuid_dangles(store, domid)) continue;
      uuids_[domid] = uuid;
      domids_[uuid] = domid;
    }
  }

  // Empty, or nothing, if there is none.
  std::string uuid(Domid domid) const {
    const auto found = uuids_.find(domid);
    return found == uuids_.end() ? "" : found->second;
  }
  std::optional<Domid> domid(const std::string& uuid) const {
    const auto found = domids_.find(uuid);
    return found == domids_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<Domid, std::string> uuids_;
  std::map<std::string, Domid> domids_;
};

// Domids of guests that the older store does not have become numbers that no permission entry of a
// domain has.
constexpr Domid kUnmatched = Domid{1} << 40;

}  // namespace

GuestMatching::GuestMatching(const Schema& schema, const Snapshot& older, const Snapshot& newer,
                             Guests& guests_of_older, Guests& guests_of_newer)
    : schema_(schema), guests_of_older_(guests_of_older), guests_of_newer_(guests_of_newer) {
  const std::vector<Domid> older_homes = schema.domains().homes(older);
  const std::vector<Domid> newer_homes = schema.domains().homes(newer);
  const Identities before(schema, older, guests_of_older, older_homes);
  const Identities after(schema, newer, guests_of_newer, newer_homes);
  taken_.insert(older_homes.begin(), older_homes.end());

  std::set<Domid> matched;
  for (const Domid domid : newer_homes) {
    const auto same = before.domid(after.uuid(domid));
    if (!same) continue;
    matched.insert(*same);
    match(*same, domid);
  }
  // Without a UUID that identifies it, the domid is all there is.
  for (const Domid domid : newer_homes) {
    if (to_older_.contains(domid) || !taken_.contains(domid) || matched.contains(domid)) continue;
    if (!before.uuid(domid).empty() && !after.uuid(domid).empty()) continue;
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
