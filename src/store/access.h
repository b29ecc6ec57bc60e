// Who can do what to a node: the effective access that xenstored would give, worked out from the
// permissions of the node and of its ancestors. Sets hold unprivileged domains only: domain 0 and
// the other privileged ones may do everything and are never listed.
//
// The rules are those of xenstored core.c perm_for_conn, do_rm and create_node, and of oxenstored
// perms.ml and store.ml; where the two differ the daemon given decides, and an unknown daemon gets
// the wider answer of the two. Everything is worked out once, when the object is made; afterwards
// any number of threads may ask. The snapshot must outlive it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "store/domain_set.h"
#include "store/snapshot.h"

namespace xsaudit {

struct AccessOptions {
  std::vector<Domid> privileged = {0};  // may do everything
  // Stub domain S acts for its target T too (SET_TARGET): pairs (S, T).
  std::vector<std::pair<Domid, Domid>> targets;
  // DOMID_ANY entries speak for every domain: from Xen 4.22 (xen.git 42aeed3b53).
  bool any_domid = false;
};

class Access {
 public:
  Access(const Snapshot& snapshot, AccessOptions options);

  bool privileged(Domid domid) const;

  // What one domain may do by one permission list. Unprivileged domains only.
  bool may_read(const Permissions& permissions, Domid domid) const;
  bool may_write(const Permissions& permissions, Domid domid) const;

  // Null where the node's permissions are unknown.
  const DomainSet* readers(NodeId node) const;
  const DomainSet* writers(NodeId node) const;
  // Who can make the node disappear: who may write it or an ancestor (a removal takes the whole
  // subtree and asks for the right on its top only). Ancestors with unknown permissions count as
  // closed; the snapshot says that they are unknown.
  const DomainSet* removers(NodeId node) const;
  // Who can decide what the node says: its writers, and who may write some ancestor-or-self and
  // that one's parent, and so can remove it and make it again.
  const DomainSet* controllers(NodeId node) const;
  // For a path that the store does not have: who could create it. `nearest` is its nearest
  // ancestor that exists.
  const DomainSet* creators(NodeId nearest) const { return controllers(nearest); }

  // The node through whose permissions `domid` controls `node`: itself, or the highest ancestor it
  // can remove and make again. kNoNode if it does not.
  NodeId controlled_through(NodeId node, Domid domid) const;
  // The node, or the highest ancestor, that `domid` may write. kNoNode if none.
  NodeId removed_through(NodeId node, Domid domid) const;

 private:
  using SetId = std::uint32_t;
  static constexpr SetId kNoSet = UINT32_MAX;

  bool allows(const Permissions& permissions, Domid domid, bool write) const;
  DomainSet domains(const Permissions& permissions, bool write) const;
  const DomainSet* set(SetId id) const { return id == kNoSet ? nullptr : &sets_[id]; }

  const Snapshot& snapshot_;
  AccessOptions options_;
  std::vector<DomainSet> sets_;  // each distinct set once; sets_[0] is nobody
  std::vector<SetId> readers_;   // by PermissionsId
  std::vector<SetId> writers_;   // by PermissionsId
  std::vector<SetId> removers_;     // by NodeId
  std::vector<SetId> controllers_;  // by NodeId
};

}  // namespace xsaudit
