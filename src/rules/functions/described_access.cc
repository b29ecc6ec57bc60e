#include "rules/functions/described_access.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace xsaudit {
namespace {

// With more variables than this that each have several domains, not every combination is tried.
constexpr std::size_t kMaxAlternatives = 16;

std::optional<Domid> bound_domid(const Schema::Match& match, std::string_view variable) {
  const int index = match.pattern->variable(variable);
  if (index < 0) return std::nullopt;
  return match.bindings[static_cast<std::size_t>(index)].number;
}

// Members of `a` that are not in `b`.
DomainSet beyond(const DomainSet& a, const DomainSet& b) {
  std::vector<Domid> domids;
  const auto keep = [&](const std::vector<Domid>& from, const DomainSet& other, bool in) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(domids),
                 [&](Domid domid) { return other.contains(domid) == in; });
  };
  if (!a.everyone_else()) {
    keep(a.listed(), b, false);
    return DomainSet::of(std::move(domids));
  }
  if (b.everyone_else()) {
    keep(b.listed(), a, true);
    return DomainSet::of(std::move(domids));
  }
  domids = a.listed();
  domids.insert(domids.end(), b.listed().begin(), b.listed().end());
  return DomainSet::all_but(std::move(domids));
}

void add(std::string& text, const DomainSet& who, const char* does) {
  if (who.empty()) return;
  if (!text.empty()) text += ", and ";
  text += who.text() + " " + does;
}

std::size_t weight(const DomainSet& set) { return set.everyone_else() ? 1000 : set.size(); }

std::size_t gains(const AccessDifference& difference) {
  return weight(difference.gained_read) + weight(difference.gained_write) +
         weight(difference.gained_ownership);
}
std::size_t losses(const AccessDifference& difference) {
  return weight(difference.lost_read) + weight(difference.lost_write) +
         weight(difference.lost_ownership);
}

}  // namespace

bool AccessDifference::more() const {
  return !gained_read.empty() || !gained_write.empty() || !gained_ownership.empty();
}
bool AccessDifference::less() const {
  return !lost_read.empty() || !lost_write.empty() || !lost_ownership.empty();
}

std::string AccessDifference::text() const {
  std::string text;
  // An owner has all access; the rest concerns other domains.
  add(text, gained_ownership, "owns it");
  const DomainSet read = beyond(gained_read, gained_ownership);
  const DomainSet write = beyond(gained_write, gained_ownership);
  if (read == write) {
    add(text, read, "may read and write it");
  } else {
    add(text, read, "may read it");
    add(text, write, "may write it");
  }
  add(text, lost_ownership, "does not own it");
  if (lost_read == lost_write) {
    add(text, lost_read, "may not read or write it");
  } else {
    add(text, lost_read, "may not read it");
    add(text, lost_write, "may not write it");
  }
  return text;
}

AccessDescriptions::AccessDescriptions(const AuditContext& facts, StoreIndex& store_index)
    : facts_(facts),
      store_index_(store_index),
      all_profiles_(facts.schema.profiles().profiles().size()) {
  std::iota(all_profiles_.begin(), all_profiles_.end(), ProfileTable::Index{0});
}

bool AccessDescriptions::same_for_all(const SchemaEntry& entry) const {
  const auto alike = [](const PermissionTemplate& a, const PermissionTemplate& b) {
    return a.text() == b.text();
  };
  const auto& profiles = facts_.schema.profiles().profiles();
  const auto* const first = entry.forms(profiles.front().name);
  return std::all_of(profiles.begin(), profiles.end(), [&](const ProfileTable::Profile& profile) {
    const auto* const forms = entry.forms(profile.name);
    if (forms == nullptr || first == nullptr) return forms == first;
    return std::equal(forms->begin(), forms->end(), first->begin(), first->end(), alike);
  });
}

AccessDescriptions::Profiles AccessDescriptions::profiles_of(const Schema::Match& match) {
  Domids domids;
  for (const std::string_view variable : {"DOMID", "BACKEND_DOMID"}) {
    if (const auto domid = bound_domid(match, variable)) domids.push_back(*domid);
  }
  if (const int uuid = match.pattern->variable("UUID"); domids.empty() && uuid >= 0) {
    domids = domains_of_uuid(match.bindings[static_cast<std::size_t>(uuid)].text);
  }
  if (domids.empty()) domids = {0};
  Profiles profiles;
  for (const Domid domid : domids) {
    const auto index = store_index_.profile(domid);
    if (!index) return {all_profiles_, false};
    Indices& indices = profiles.indices;
    if (std::find(indices.begin(), indices.end(), *index) == indices.end()) {
      indices.push_back(*index);
    }
  }
  return profiles;
}

std::vector<std::string_view> AccessDescriptions::profiles(const Schema::Match& match) {
  std::vector<std::string_view> names;
  for (const ProfileTable::Index index : profiles_of(match).indices) {
    const std::string& name = facts_.schema.profiles().profiles()[index].name;
    if (match.entry->forms(name) != nullptr) names.emplace_back(name);
  }
  return names;
}

const AccessDescriptions::Domids& AccessDescriptions::domains_of_uuid(std::string_view uuid) {
  if (!looked_for_uuids_) {
    looked_for_uuids_ = true;
    const ValueReads::Scope scope(facts_.snapshot.reads(), ValueReads::kEverything);
    const DomainTable& domains = facts_.schema.domains();
    for (const Domid domid : domains.homes(facts_.snapshot)) {
      if (auto of = domains.uuid(facts_.snapshot, domid)) by_uuid_[*of].push_back(domid);
    }
  }
  static const Domids none;
  const auto found = by_uuid_.find(uuid);
  return found == by_uuid_.end() ? none : found->second;
}

const AccessDescriptions::Found& AccessDescriptions::backend_domains(std::string_view path) {
  if (path != backend_path_) {
    const ValueReads::Scope scope(facts_.snapshot.reads(), ValueReads::kEverything);
    backend_domains_ = find_backend_domains(path);
    backend_path_ = path;
  }
  return backend_domains_;
}

// From the toolstack's record; without one domain 0, which serves all devices without a record.
AccessDescriptions::Found AccessDescriptions::find_backend_domains(std::string_view path) const {
  const DeviceTable& devices = facts_.schema.devices();
  const Snapshot& snapshot = facts_.snapshot;
  const auto device = devices.device_of(path);
  if (!device) return {{0}};
  if (device->backend_domid) return {{*device->backend_domid}};
  bool all_known = true;
  for (const std::string& record : devices.record_paths(*device)) {
    const NodeId node = snapshot.find(record);
    if (node == kNoNode) {
      all_known = all_known && snapshot.presence(record) == Presence::absent;
      continue;
    }
    all_known = all_known && snapshot.children_unknown(node) == UnknownReason::known;
    for (NodeId child = snapshot.first_child(node); child != kNoNode;
         child = snapshot.next_sibling(child)) {
      const auto named = devices.device_of(snapshot.value(child));
      if (named && named->backend_domid && named->domid == device->domid &&
          named->kind == device->kind && named->id == device->id) {
        return {{*named->backend_domid}};
      }
    }
  }
  return {{0}, all_known};
}

AccessDescriptions::Found AccessDescriptions::domains_of(std::string_view variable,
                                                         const Schema::Match& match,
                                                         std::string_view path) {
  if (const auto domid = bound_domid(match, variable)) return {{*domid}};
  if (variable == "BACKEND_DOMID") return backend_domains(path);
  Domids guests;
  if (const auto domid = bound_domid(match, "DOMID")) {
    guests = {*domid};
  } else if (const int uuid = match.pattern->variable("UUID"); uuid >= 0) {
    guests = domains_of_uuid(match.bindings[static_cast<std::size_t>(uuid)].text);
  }
  if (variable == "DOMID") return {guests, !guests.empty() || all_uuids_known()};
  Domids stubs;
  if (variable == "STUBDOM") {
    for (const Domid guest : guests) {
      const Domids of = facts_.access.stub_domains(guest);
      stubs.insert(stubs.end(), of.begin(), of.end());
    }
  }
  return {stubs, !stubs.empty() || all_uuids_known()};
}

bool AccessDescriptions::all_uuids_known() {
  if (!all_uuids_known_) {
    const ValueReads::Scope scope(facts_.snapshot.reads(), ValueReads::kEverything);
    all_uuids_known_ = facts_.schema.domains().all_uuids_known(facts_.snapshot);
  }
  return *all_uuids_known_;
}

AccessDescriptions::Domids AccessDescriptions::alternatives(const PermissionTemplate::Entry& one,
                                                            const Schema::Match& match,
                                                            std::string_view path,
                                                            const Permissions* there) {
  if (one.variable.empty()) return {one.entry.domid};
  Found found = domains_of(one.variable, match, path);
  if (found.all_known || there == nullptr) return found.domids;
  for (const PermissionEntry& entry : *there) {
    const bool is_new =
        std::find(found.domids.begin(), found.domids.end(), entry.domid) == found.domids.end();
    if (is_new) found.domids.push_back(entry.domid);
  }
  return found.domids;
}

// A list for each combination of the domains that the entries may stand for.
void AccessDescriptions::add_lists(const PermissionTemplate& form, const Schema::Match& match,
                                   std::string_view path, const Permissions* there,
                                   std::vector<Permissions>& whole,
                                   std::vector<Permissions>& lacking) {
  std::vector<Permissions> made = {{}};
  bool lacks = false;
  for (const PermissionTemplate::Entry& one : form.entries()) {
    const Domids domids = alternatives(one, match, path, there);
    // No domain exists for the entry. Without an owner, the list cannot be compared.
    lacks = lacks || domids.empty();
    if (domids.empty() && !made.front().empty()) continue;
    std::vector<Permissions> longer;
    for (const Permissions& list : made) {
      for (const Domid domid : domids) {
        if (longer.size() >= kMaxAlternatives) break;
        longer.push_back(list);
        longer.back().push_back(one.entry);
        longer.back().back().domid = domid;
      }
    }
    made = std::move(longer);
    if (made.empty()) break;
  }
  std::vector<Permissions>& kind = lacks ? lacking : whole;
  kind.insert(kind.end(), made.begin(), made.end());
}

template <typename Path>
std::vector<Permissions> AccessDescriptions::described(const Indices& profiles,
                                                       const Schema::Match& match, const Path& path,
                                                       const Permissions* there) {
  std::vector<Permissions> lists;
  const auto bound = [&](std::string_view variable) { return bound_domid(match, variable); };
  for (const ProfileTable::Index index : profiles) {
    const auto* const forms = match.entry->forms(facts_.schema.profiles().profiles()[index].name);
    if (forms == nullptr) continue;
    // If a domain for an entry does not exist, another form may describe such a guest.
    std::vector<Permissions> whole;
    std::vector<Permissions> lacking;
    for (const PermissionTemplate& form : *forms) {
      if (auto list = form.resolve(bound)) {
        whole.push_back(*std::move(list));
      } else {
        add_lists(form, match, path(), there, whole, lacking);
      }
    }
    std::vector<Permissions>& accepted = whole.empty() ? lacking : whole;
    std::move(accepted.begin(), accepted.end(), std::back_inserter(lists));
  }
  std::vector<Permissions> described;
  for (Permissions& list : lists) {
    if (std::find(described.begin(), described.end(), list) == described.end()) {
      described.push_back(std::move(list));
    }
  }
  return described;
}

std::vector<Permissions> AccessDescriptions::described(const Schema::Match& match,
                                                       std::string_view path,
                                                       const Permissions* there) {
  return described(
      profiles_of(match).indices, match, [&] { return path; }, there);
}

AccessDescriptions::Description AccessDescriptions::describe(const Schema::Match& match,
                                                             NodeId node) {
  const Profiles profiles = profiles_of(match);
  Description description;
  description.exists =
      std::any_of(profiles.indices.begin(), profiles.indices.end(), [&](ProfileTable::Index index) {
        return match.entry->forms(facts_.schema.profiles().profiles()[index].name) != nullptr;
      });
  if (!description.exists) return description;
  description.unsure = !profiles.known && !same_for_all(*match.entry);
  description.access = described(
      profiles.indices, match, [&] { return facts_.snapshot.path(node); }, nullptr);
  return description;
}

DomainSet AccessDescriptions::owner_set(Domid owner) const {
  return facts_.access.privileged(owner) ? DomainSet() : DomainSet::of({owner});
}

// Missing access of a dead domain is not a fault: its entries were removed with it.
DomainSet AccessDescriptions::alive_only(const DomainSet& set) const {
  if (set.everyone_else()) return set;
  std::vector<Domid> domids = set.listed();
  std::erase_if(domids,
                [&](Domid domid) { return facts_.liveness.state(domid) == Liveness::State::dead; });
  return DomainSet::of(std::move(domids));
}

AccessDifference AccessDescriptions::difference(const Permissions& described, NodeId node) {
  const Grants& grants = facts_.access.grants();
  const DomainSet& readers = *facts_.access.readers(node);
  const DomainSet& writers = *facts_.access.writers(node);
  const DomainSet wanted_readers = grants.domains(described, Right::read);
  const DomainSet wanted_writers = grants.domains(described, Right::write);
  const Domid owner = facts_.snapshot.permissions(node)->front().domid;
  const Domid wanted = described.front().domid;
  AccessDifference difference;
  difference.gained_read = beyond(readers, wanted_readers);
  difference.gained_write = beyond(writers, wanted_writers);
  difference.lost_read = alive_only(beyond(wanted_readers, readers));
  difference.lost_write = alive_only(beyond(wanted_writers, writers));
  if (!facts_.access.acts_for(owner, wanted)) difference.gained_ownership = owner_set(owner);
  if (!facts_.access.acts_for(wanted, owner)) {
    difference.lost_ownership = alive_only(owner_set(wanted));
  }
  return difference;
}

AccessDifference AccessDescriptions::difference(const SchemaEntry& entry,
                                                const std::vector<Permissions>& described,
                                                NodeId node) {
  const Permissions& permissions = *facts_.snapshot.permissions(node);
  AccessDifference nearest;
  // The list of nearly every node equals one of these exactly.
  if (std::find(described.begin(), described.end(), permissions) != described.end()) return nearest;
  bool first = true;
  for (const Permissions& one : described) {
    if (entry.unchecked && facts_.access.acts_for(permissions.front().domid, one.front().domid))
      return {};
    AccessDifference difference = this->difference(one, node);
    if (first || std::pair(gains(difference), losses(difference)) <
                     std::pair(gains(nearest), losses(nearest))) {
      nearest = std::move(difference);
    }
    first = false;
  }
  return nearest;
}

}  // namespace xsaudit
