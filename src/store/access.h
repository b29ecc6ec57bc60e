// The access that one permission list grants to each domain, by the rules of the daemon: xenstored
// core.c perm_for_conn, or oxenstored perms.ml check. They differ for stub domains and for
// DOMID_ANY. If the daemon, or its support of DOMID_ANY, is unknown, a domain has every access that
// one of the daemons would grant. This class evaluates single lists; Access below combines them for
// a tree. Immutable once made; any number of threads may ask.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "store/domain_set.h"
#include "store/permissions.h"
#include "store/snapshot.h"
#include "store/snapshot_info.h"

namespace xsaudit {

struct AccessOptions {
  std::vector<Domid> privileged = {0};  // have all access
  // Stub domain S also acts for its target T (SET_TARGET): pairs (S, T).
  std::vector<std::pair<Domid, Domid>> targets;
  // Whether DOMID_ANY entries apply to every domain: with C xenstored from Xen 4.22 on (xen.git
  // 42aeed3b53). Nothing if unknown.
  std::optional<bool> any_domid;
};

enum class Right { read, write };

class Grants {
 public:
  Grants(const AccessOptions& options, Daemon daemon);

  bool privileged(Domid domid) const;
  // Whether a domain has all rights of another: it is that domain, or a stub domain for it.
  bool acts_for(Domid domid, Domid other) const;
  std::vector<Domid> stub_domains(Domid target) const;  // sorted

  // The access of one unprivileged domain by the list. The list must not be empty.
  bool allows(const Permissions& permissions, Domid domid, Right right) const;

  // Every unprivileged domain that the list grants the right to, in n log n of its entries. Numbers
  // that no domain can have are left out.
  DomainSet domains(const Permissions& permissions, Right right) const;
  // Both at once.
  struct ListAccess {
    DomainSet readers;
    DomainSet writers;
  };
  ListAccess access(const Permissions& permissions) const;

 private:
  class FirstEntries;
  bool allows(const FirstEntries& entries, Domid domid, Right right) const;
  bool cxenstored_allows(const FirstEntries& entries, Domid domid, Right right,
                         bool any_domid) const;
  bool oxenstored_allows(const FirstEntries& entries, Domid domid, Right right) const;
  // Domains whose access may differ from the default: those with an entry, and their stub domains.
  std::vector<Domid> named_domains(const Permissions& permissions) const;
  DomainSet domains(const FirstEntries& entries, const std::vector<Domid>& named,
                    Right right) const;

  std::vector<Domid> privileged_;  // sorted
  std::multimap<Domid, Domid> targets_of_;
  std::multimap<Domid, Domid> stubs_of_;
  std::optional<bool> any_domid_;
  Daemon daemon_;
};

// Effective access to a node: the access that xenstored would grant, computed from the permissions
// of the node and of its ancestors. Sets contain only unprivileged domains: domain 0 and the other
// privileged domains have all access and are never listed.
//
// The classes above evaluate one list; this class adds the rules of the tree: xenstored core.c
// do_rm and create_node, oxenstored store.ml path_rm and path_mkdir. If the two daemons differ, the
// one in the snapshot's info counts, and an unknown daemon grants the wider access. Everything is
// computed once, when the object is made; afterwards any number of threads may ask. The snapshot
// must outlive it.
class Access {
 public:
  Access(const Snapshot& snapshot, const AccessOptions& options);

  bool privileged(Domid domid) const { return grants_.privileged(domid); }
  bool acts_for(Domid domid, Domid other) const { return grants_.acts_for(domid, other); }
  std::vector<Domid> stub_domains(Domid target) const { return grants_.stub_domains(target); }

  const Grants& grants() const { return grants_; }

  // Access of one domain by one permission list. Unprivileged domains only.
  bool may_read(const Permissions& permissions, Domid domid) const {
    return grants_.allows(permissions, domid, Right::read);
  }
  bool may_write(const Permissions& permissions, Domid domid) const {
    return grants_.allows(permissions, domid, Right::write);
  }

  // Null if the node's permissions are unknown.
  const DomainSet* readers(NodeId node) const;
  const DomainSet* writers(NodeId node) const;
  // The domains that can remove the node: those that may write it or an ancestor (a removal takes
  // the whole subtree and requires access to its top only). No domain can remove "/"; in
  // oxenstored, a domain that may write "/" can remove everything below it. Ancestors with unknown
  // permissions count as closed; the snapshot says that they are unknown. When more than kMaxListed
  // domains come together on the way from "/", the set contains every domain: a guest chooses the
  // lists of its nodes, and could otherwise make a store of a megabyte cost gigabytes.
  const DomainSet* removers(NodeId node) const;
  // The domains that can decide the value of the node: its writers, and those that may write an
  // ancestor (or the node) and its parent, and so can remove and create it. Bounded as removers().
  const DomainSet* controllers(NodeId node) const;
  // The domains that could create a path that the store does not have. `nearest` is its nearest
  // existing ancestor.
  const DomainSet* creators(NodeId nearest) const { return controllers(nearest); }

  // The node whose permissions give `domid` control of `node`: the node itself, or the highest
  // ancestor that the domain can remove and recreate. kNoNode exactly if controllers(node) does not
  // contain the domain.
  NodeId controlled_through(NodeId node, Domid domid) const;
  // The node, or the highest ancestor, that `domid` may write; kNoNode if there is none.
  NodeId removed_through(NodeId node, Domid domid) const;

 private:
  using SetId = std::uint32_t;

  // What nodes have in common that are reached alike: a store has few such combinations.
  struct Reach {
    SetId removers;
    SetId chain;        // the domains that can remove and recreate the node or an ancestor
    SetId controllers;  // these, and the writers of the node
    bool operator==(const Reach&) const = default;
  };
  class Reaches;  // access.cc
  const Reach& reach(NodeId node) const { return reaches_[reach_of_[node]]; }

  bool may_write_node(NodeId node, Domid domid) const;
  bool may_empty_store(Domid domid) const;
  using Sets = const DomainSet* (Access::*)(NodeId node) const;
  NodeId highest(NodeId node, Domid domid, Sets sets) const;
  // Null if the node's permissions are unknown.
  const DomainSet* set_at(NodeId node, SetId id) const {
    return snapshot_.permissions_id(node) == kNoPermissions ? nullptr : &sets_[id];
  }

  const Snapshot& snapshot_;
  Grants grants_;
  std::vector<DomainSet> sets_;  // each distinct set once
  std::vector<SetId> readers_;   // by PermissionsId
  std::vector<SetId> writers_;   // by PermissionsId
  std::vector<Reach> reaches_;
  std::vector<std::uint32_t> reach_of_;  // by NodeId
};

// Whether it is certain that no unprivileged domain controls the value or the existence of the
// node, except through "/" itself. For callers that need one node and not the whole Access.
bool closed(const Snapshot& snapshot, NodeId node, const Grants& grants);

}  // namespace xsaudit
