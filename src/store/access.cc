#include "store/access.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/hash.h"
#include "base/string_pool.h"
#include "store/domain_set.h"

namespace xsaudit {

namespace {

// Represents a domain without an entry in any list: the numbers of lists that belong to no domain
// are never looked up, and no daemon prints this one (see Domid).
constexpr Domid kNobodyNamed = std::numeric_limits<Domid>::min();

bool grants(const PermissionEntry& entry, Right right) {
  return right == Right::read ? entry.read : entry.write;
}

}  // namespace

// A list prepared for lookups: for each domid the index of its first entry, which later entries
// cannot change. The owner's entry is not among them: its letter is the default.
class Grants::FirstEntries {
 public:
  explicit FirstEntries(const Permissions& list) : list_(list) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (!list[i].stale) places_.emplace_back(list[i].domid, i);
    }
    std::sort(places_.begin(), places_.end());
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    places_.erase(std::unique(places_.begin(), places_.end(), same), places_.end());
    names_any_ = owner().domid == kAnyDomid || place_of(kAnyDomid) < list_.size();
  }

  const PermissionEntry& owner() const { return list_.front(); }
  bool names_any() const { return names_any_; }  // DOMID_ANY

  // Greater than every index if the domid has no entry.
  std::size_t place_of(Domid domid) const {
    const auto found =
        std::lower_bound(places_.begin(), places_.end(), std::pair(domid, std::size_t{0}));
    return found != places_.end() && found->first == domid ? found->second : list_.size();
  }
  // The entry at an index, or the default entry of all other domains.
  const PermissionEntry& at(std::size_t place) const {
    return place < list_.size() ? list_[place] : owner();
  }

 private:
  const Permissions& list_;
  std::vector<std::pair<Domid, std::size_t>> places_;  // sorted
  bool names_any_ = false;
};

Grants::Grants(const AccessOptions& options, Daemon daemon)
    : privileged_(options.privileged), any_domid_(options.any_domid), daemon_(daemon) {
  std::sort(privileged_.begin(), privileged_.end());
  for (const auto& [stub, target] : options.targets) {
    targets_of_.emplace(stub, target);
    stubs_of_.emplace(target, stub);
  }
}

bool Grants::privileged(Domid domid) const {
  return std::binary_search(privileged_.begin(), privileged_.end(), domid);
}

bool Grants::acts_for(Domid domid, Domid other) const {
  if (domid == other) return true;
  const auto [begin, end] = targets_of_.equal_range(domid);
  return std::any_of(begin, end, [&](const auto& pair) { return pair.second == other; });
}

std::vector<Domid> Grants::stub_domains(Domid target) const {
  std::vector<Domid> stubs;
  const auto [begin, end] = stubs_of_.equal_range(target);
  for (auto pair = begin; pair != end; ++pair) stubs.push_back(pair->second);
  std::sort(stubs.begin(), stubs.end());
  return stubs;
}

// The first entry for the domain, for its target or for every domain decides.
bool Grants::cxenstored_allows(const FirstEntries& entries, Domid domid, Right right,
                               bool any_domid) const {
  const Domid owner = entries.owner().domid;
  if (owner == domid || (any_domid && owner == kAnyDomid)) return true;
  std::size_t first = entries.place_of(domid);
  if (any_domid) first = std::min(first, entries.place_of(kAnyDomid));
  const auto [begin, end] = targets_of_.equal_range(domid);
  for (auto pair = begin; pair != end; ++pair) {
    if (owner == pair->second) return true;
    first = std::min(first, entries.place_of(pair->second));
  }
  return grants(entries.at(first), right);
}

// The domain and its target are looked up separately, default included; the access of either
// suffices.
bool Grants::oxenstored_allows(const FirstEntries& entries, Domid domid, Right right) const {
  const auto allowed = [&](Domid identity) {
    return entries.owner().domid == identity ||
           grants(entries.at(entries.place_of(identity)), right);
  };
  if (allowed(domid)) return true;
  const auto [begin, end] = targets_of_.equal_range(domid);
  return std::any_of(begin, end, [&](const auto& pair) { return allowed(pair.second); });
}

bool Grants::allows(const FirstEntries& entries, Domid domid, Right right) const {
  if (daemon_ != Daemon::oxenstored) {
    // A list that does not name DOMID_ANY means the same to daemons of all versions.
    const std::optional<bool> any = entries.names_any() ? any_domid_ : false;
    if (any.value_or(true) && cxenstored_allows(entries, domid, right, true)) return true;
    if (!any.value_or(false) && cxenstored_allows(entries, domid, right, false)) return true;
  }
  return daemon_ != Daemon::cxenstored && oxenstored_allows(entries, domid, right);
}

bool Grants::allows(const Permissions& permissions, Domid domid, Right right) const {
  return allows(FirstEntries(permissions), domid, right);
}

std::vector<Domid> Grants::named_domains(const Permissions& permissions) const {
  std::vector<Domid> named;
  named.reserve(permissions.size());
  const auto add = [&](Domid domid) {
    if (!privileged(domid) && can_exist(domid)) named.push_back(domid);
  };
  for (const PermissionEntry& entry : permissions) {
    add(entry.domid);
    const auto [begin, end] = stubs_of_.equal_range(entry.domid);
    for (auto pair = begin; pair != end; ++pair) add(pair->second);
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  return named;
}

DomainSet Grants::domains(const FirstEntries& entries, const std::vector<Domid>& named,
                          Right right) const {
  const bool by_default = allows(entries, kNobodyNamed, right);
  std::vector<Domid> others;
  if (by_default) others = privileged_;
  for (const Domid domid : named) {
    if (allows(entries, domid, right) != by_default) others.push_back(domid);
  }
  return by_default ? DomainSet::all_but(std::move(others)) : DomainSet::of(std::move(others));
}

DomainSet Grants::domains(const Permissions& permissions, Right right) const {
  return domains(FirstEntries(permissions), named_domains(permissions), right);
}

Grants::ListAccess Grants::access(const Permissions& permissions) const {
  const FirstEntries entries(permissions);
  const std::vector<Domid> named = named_domains(permissions);
  return {domains(entries, named, Right::read), domains(entries, named, Right::write)};
}

// Numbers each distinct Reach.
class Access::Reaches {
 public:
  std::uint32_t id(const Reach& reach) {
    const auto hash = static_cast<std::uint32_t>(keyed_hash(
        static_cast<std::uint32_t>(keyed_hash(reach.removers, reach.chain)), reach.controllers));
    const std::uint32_t known =
        ids_.find(hash, [&](std::uint32_t id) { return reaches_[id] == reach; });
    if (known != SlotTable::kNone) return known;
    reaches_.push_back(reach);
    const auto id = static_cast<std::uint32_t>(reaches_.size() - 1);
    ids_.add(hash, id);
    return id;
  }
  const Reach& operator[](std::uint32_t id) const { return reaches_[id]; }
  std::vector<Reach> take() && { return std::move(reaches_); }

 private:
  std::vector<Reach> reaches_;
  SlotTable ids_;
};

Access::Access(const Snapshot& snapshot, const AccessOptions& options)
    : snapshot_(snapshot), grants_(options, snapshot.info().daemon) {
  constexpr SetId kNobody = DomainSetTable::kNobody;
  DomainSetTable table(DomainSet::all_but(options.privileged));
  for (PermissionsId id = 0; id < snapshot.permission_lists(); ++id) {
    Grants::ListAccess access = grants_.access(snapshot.permissions_of(id));
    readers_.push_back(table.id(std::move(access.readers)));
    writers_.push_back(table.id(std::move(access.writers)));
  }
  const auto writes = [&](PermissionsId id) {
    return id == kNoPermissions ? kNobody : writers_[id];
  };

  // For each node on the way down: the domains that can remove it or an ancestor, and those that
  // can remove and recreate it or an ancestor. A node with unknown permissions has no answer, but
  // its children still have ancestors.
  Reaches reaches;
  reach_of_.resize(snapshot.size());
  Reach root{kNobody, kNobody, kNobody};
  const SetId root_writers = writes(snapshot.permissions_id(kRootNode));
  // As in may_empty_store().
  if (snapshot.info().daemon != Daemon::cxenstored) root.removers = root.chain = root_writers;
  root.controllers = table.united(root.chain, root_writers);
  reach_of_[kRootNode] = reaches.id(root);
  struct Seen {
    std::uint32_t parent_reach;
    PermissionsId parent;
    PermissionsId own;
    bool operator==(const Seen&) const = default;
  };
  Seen last{UINT32_MAX, kNoPermissions, kNoPermissions};  // siblings are often alike
  for (NodeId node = 1; node < snapshot.size(); ++node) {
    const NodeId parent = snapshot.parent(node);
    const Seen now{reach_of_[parent], snapshot.permissions_id(parent),
                   snapshot.permissions_id(node)};
    if (now == last) {
      reach_of_[node] = reach_of_[node - 1];
      continue;
    }
    last = now;
    const Reach above = reaches[now.parent_reach];
    const SetId own = writes(now.own);
    Reach reach;
    reach.removers = table.united(above.removers, own);
    reach.chain = table.united(above.chain, table.intersected(own, writes(now.parent)));
    reach.controllers = table.united(reach.chain, own);
    reach_of_[node] = reaches.id(reach);
  }
  reaches_ = std::move(reaches).take();
  sets_ = std::move(table).take();
}

const DomainSet* Access::readers(NodeId node) const {
  const PermissionsId id = snapshot_.permissions_id(node);
  return id == kNoPermissions ? nullptr : &sets_[readers_[id]];
}

const DomainSet* Access::writers(NodeId node) const {
  const PermissionsId id = snapshot_.permissions_id(node);
  return id == kNoPermissions ? nullptr : &sets_[writers_[id]];
}

const DomainSet* Access::removers(NodeId node) const {
  return set_at(node, node == kRootNode ? DomainSetTable::kNobody : reach(node).removers);
}
const DomainSet* Access::controllers(NodeId node) const {
  return set_at(node, reach(node).controllers);
}

NodeId Access::controlled_through(NodeId node, Domid domid) const {
  if (may_write_node(node, domid)) return node;
  if (may_empty_store(domid)) return kRootNode;
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    if (may_write_node(at, domid) && may_write_node(snapshot_.parent(at), domid)) through = at;
  }
  return through == kNoNode ? highest(node, domid, &Access::controllers) : through;
}

NodeId Access::removed_through(NodeId node, Domid domid) const {
  if (node == kRootNode) return kNoNode;
  if (may_empty_store(domid)) return kRootNode;
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    if (may_write_node(at, domid)) through = at;
  }
  return through == kNoNode ? highest(node, domid, &Access::removers) : through;
}

// For a domain that is in a set only because the set became too large: the highest node with such a
// set.
NodeId Access::highest(NodeId node, Domid domid, Sets sets) const {
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    const DomainSet* who = (this->*sets)(at);
    if (who == nullptr || !who->contains(domid)) break;
    through = at;
  }
  return through;
}

bool Access::may_write_node(NodeId node, Domid domid) const {
  const DomainSet* who = writers(node);
  return who != nullptr && who->contains(domid);
}

// C xenstored do_rm refuses "/" (EINVAL); oxenstored path_rm removes everything below it.
bool Access::may_empty_store(Domid domid) const {
  return snapshot_.info().daemon != Daemon::cxenstored && may_write_node(kRootNode, domid);
}

bool closed(const Snapshot& snapshot, NodeId node, const Grants& grants) {
  for (; node != kRootNode; node = snapshot.parent(node)) {
    const Permissions* const permissions = snapshot.permissions(node);
    if (permissions == nullptr || !grants.domains(*permissions, Right::write).empty()) return false;
  }
  return true;
}

}  // namespace xsaudit
