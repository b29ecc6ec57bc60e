#include "store/access.h"

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>

namespace xsaudit {
namespace {

// Gives each distinct set a number, and remembers unions and intersections: a store has few
// distinct sets, however many nodes.
class SetTable {
 public:
  explicit SetTable(std::vector<DomainSet>& sets) : sets_(sets) { id(DomainSet()); }

  std::uint32_t id(DomainSet set) {
    const auto [place, added] = ids_.try_emplace(std::move(set), 0);
    if (added) {
      place->second = static_cast<std::uint32_t>(sets_.size());
      sets_.push_back(place->first);
    }
    return place->second;
  }
  std::uint32_t united(std::uint32_t a, std::uint32_t b) {
    if (a == b || b == 0) return a;
    if (a == 0) return b;
    return remembered(unions_, a, b, [&] { return sets_[a].united(sets_[b]); });
  }
  std::uint32_t intersected(std::uint32_t a, std::uint32_t b) {
    if (a == b) return a;
    if (a == 0 || b == 0) return 0;
    return remembered(intersections_, a, b, [&] { return sets_[a].intersected(sets_[b]); });
  }

 private:
  using Table = std::unordered_map<std::uint64_t, std::uint32_t>;
  std::uint32_t remembered(Table& table, std::uint32_t a, std::uint32_t b,
                           const std::function<DomainSet()>& make) {
    const std::uint64_t key = (std::uint64_t{std::min(a, b)} << 32) | std::max(a, b);
    if (const auto found = table.find(key); found != table.end()) return found->second;
    const std::uint32_t made = id(make());
    table.emplace(key, made);
    return made;
  }

  std::vector<DomainSet>& sets_;
  std::map<DomainSet, std::uint32_t> ids_;
  Table unions_;
  Table intersections_;
};

}  // namespace

bool Access::privileged(Domid domid) const {
  return std::find(options_.privileged.begin(), options_.privileged.end(), domid) !=
         options_.privileged.end();
}

// core.c perm_for_conn: the owner has everything; else the first entry for the domain, for its
// target or for every domain decides; else the first entry's letter. oxenstored looks both
// identities up and unites what they get (perms.ml), hence the difference with a target.
bool Access::allows(const Permissions& permissions, Domid domid, bool write) const {
  std::vector<Domid> identities = {domid};
  for (const auto& [stub, target] : options_.targets) {
    if (stub == domid) identities.push_back(target);
  }
  const auto speaks_for = [&](Domid entry, Domid identity) {
    return entry == identity || (options_.any_domid && entry == kAnyDomid);
  };
  const auto granted = [&](const PermissionEntry& entry) {
    return write ? entry.write : entry.read;
  };
  const PermissionEntry& first = permissions.front();
  bool listed = false;
  for (const Domid identity : identities) {
    if (speaks_for(first.domid, identity)) return true;
    for (auto entry = permissions.begin() + 1; entry != permissions.end(); ++entry) {
      if (entry->stale || !speaks_for(entry->domid, identity)) continue;
      listed = true;
      if (granted(*entry)) return true;
      break;
    }
  }
  return !listed && granted(first);
}

bool Access::may_read(const Permissions& permissions, Domid domid) const {
  return allows(permissions, domid, false);
}
bool Access::may_write(const Permissions& permissions, Domid domid) const {
  return allows(permissions, domid, true);
}

DomainSet Access::domains(const Permissions& permissions, bool write) const {
  // Domains for which the answer may differ from the default's: those named, and their stubs.
  std::vector<Domid> named;
  bool everyone = write ? permissions.front().write : permissions.front().read;
  for (std::size_t i = 0; i < permissions.size(); ++i) {
    const PermissionEntry& entry = permissions[i];
    if (entry.stale && i > 0) continue;
    if (options_.any_domid && entry.domid == kAnyDomid) {
      // Whoever is not named before this entry gets what it says; the owner entry gives all.
      everyone = i == 0 || (write ? entry.write : entry.read);
      if (i == 0) return DomainSet::all_but(options_.privileged);
      break;
    }
    named.push_back(entry.domid);
  }
  for (const auto& [stub, target] : options_.targets) {
    if (std::find(named.begin(), named.end(), target) != named.end()) named.push_back(stub);
  }
  std::vector<Domid> members;
  std::vector<Domid> exceptions = options_.privileged;
  for (const Domid domid : named) {
    if (privileged(domid)) continue;
    (allows(permissions, domid, write) ? members : exceptions).push_back(domid);
  }
  return everyone ? DomainSet::all_but(std::move(exceptions)) : DomainSet::of(std::move(members));
}

Access::Access(const Snapshot& snapshot, AccessOptions options)
    : snapshot_(snapshot), options_(std::move(options)) {
  SetTable table(sets_);
  for (PermissionsId id = 0; id < snapshot.permission_lists(); ++id) {
    readers_.push_back(table.id(domains(snapshot.permissions_of(id), false)));
    writers_.push_back(table.id(domains(snapshot.permissions_of(id), true)));
  }

  const std::size_t size = snapshot.size();
  removers_.assign(size, kNoSet);
  controllers_.assign(size, kNoSet);
  // For each node on the way down: who may remove, and who may remove and make again, it or an
  // ancestor. Kept apart from what is answered, because a node of unknown permissions has no
  // answer but its children still have ancestors.
  std::vector<SetId> removed(size, 0);
  std::vector<SetId> remade(size, 0);
  for (NodeId node = 0; node < size; ++node) {
    const PermissionsId permissions = snapshot.permissions_id(node);
    const SetId writes = permissions == kNoPermissions ? 0 : writers_[permissions];
    if (node == kRootNode) {
      // "/" can be neither removed nor made again; its writers do not remove what is below it.
      if (permissions != kNoPermissions) removers_[node] = controllers_[node] = writes;
      continue;
    }
    const NodeId parent = snapshot.parent(node);
    const PermissionsId parent_permissions = snapshot.permissions_id(parent);
    const SetId parent_writes =
        parent_permissions == kNoPermissions ? 0 : writers_[parent_permissions];
    removed[node] = table.united(removed[parent], writes);
    remade[node] = table.united(remade[parent], table.intersected(writes, parent_writes));
    if (permissions == kNoPermissions) continue;
    removers_[node] = removed[node];
    controllers_[node] = table.united(writes, remade[node]);
  }
}

const DomainSet* Access::readers(NodeId node) const {
  const PermissionsId id = snapshot_.permissions_id(node);
  return id == kNoPermissions ? nullptr : set(readers_[id]);
}

const DomainSet* Access::writers(NodeId node) const {
  const PermissionsId id = snapshot_.permissions_id(node);
  return id == kNoPermissions ? nullptr : set(writers_[id]);
}

const DomainSet* Access::removers(NodeId node) const { return set(removers_[node]); }
const DomainSet* Access::controllers(NodeId node) const { return set(controllers_[node]); }

NodeId Access::controlled_through(NodeId node, Domid domid) const {
  const auto writes = [&](NodeId at) {
    const DomainSet* who = writers(at);
    return who != nullptr && who->contains(domid);
  };
  if (writes(node)) return node;
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    if (writes(at) && writes(snapshot_.parent(at))) through = at;
  }
  return through;
}

NodeId Access::removed_through(NodeId node, Domid domid) const {
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    const DomainSet* who = writers(at);
    if (who != nullptr && who->contains(domid)) through = at;
  }
  return through;
}

}  // namespace xsaudit
