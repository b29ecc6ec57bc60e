#include "store/access.h"

#include "store/domain_set_table.h"

namespace xsaudit {
Access::Access(const Snapshot& snapshot, const AccessOptions& options)
    : snapshot_(snapshot), grants_(options, snapshot.info().daemon) {
  constexpr SetId kNobody = DomainSetTable::kNobody;
  DomainSetTable table(DomainSet::all_but(options.privileged));
  for (PermissionsId id = 0; id < snapshot.permission_lists(); ++id) {
    readers_.push_back(table.id(grants_.domains(snapshot.permissions_of(id), Right::read)));
    writers_.push_back(table.id(grants_.domains(snapshot.permissions_of(id), Right::write)));
  }
  const auto writes = [&](NodeId node) {
    const PermissionsId permissions = snapshot.permissions_id(node);
    return permissions == kNoPermissions ? kNobody : writers_[permissions];
  };

  // For each node on the way down: who may remove, and who may remove and make again, it or an
  // ancestor. A node of unknown permissions has no answer, but its children still have ancestors.
  removers_.assign(snapshot.size(), kNobody);
  controllers_.assign(snapshot.size(), kNobody);
  // As in may_empty_store().
  if (snapshot.info().daemon != Daemon::cxenstored) {
    removers_[kRootNode] = controllers_[kRootNode] = writes(kRootNode);
  }
  for (NodeId node = 1; node < snapshot.size(); ++node) {
    const NodeId parent = snapshot.parent(node);
    const SetId own = writes(node);
    removers_[node] = table.united(removers_[parent], own);
    controllers_[node] = table.united(controllers_[parent], table.intersected(own, writes(parent)));
  }
  for (NodeId node = 0; node < snapshot.size(); ++node) {
    if (snapshot.permissions_id(node) == kNoPermissions) {
      removers_[node] = controllers_[node] = kNoSet;
    } else {
      controllers_[node] = table.united(controllers_[node], writes(node));
    }
  }
  if (snapshot.permissions_id(kRootNode) != kNoPermissions) removers_[kRootNode] = kNobody;
  sets_ = std::move(table).take();
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
  if (may_write_node(node, domid)) return node;
  if (may_empty_store(domid)) return kRootNode;
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    if (may_write_node(at, domid) && may_write_node(snapshot_.parent(at), domid)) through = at;
  }
  return through == kNoNode ? highest(node, domid, controllers_) : through;
}

NodeId Access::removed_through(NodeId node, Domid domid) const {
  if (node == kRootNode) return kNoNode;
  if (may_empty_store(domid)) return kRootNode;
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    if (may_write_node(at, domid)) through = at;
  }
  return through == kNoNode ? highest(node, domid, removers_) : through;
}

// Where a domain came in that is in a set only because too many others are: as far up as the sets
// have it.
NodeId Access::highest(NodeId node, Domid domid, const std::vector<SetId>& sets) const {
  NodeId through = kNoNode;
  for (NodeId at = node; at != kRootNode; at = snapshot_.parent(at)) {
    const DomainSet* who = set(sets[at]);
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
