// Takes nodes in any order and makes a Snapshot of them. A source adds each node it learns of, says
// what it knows of it, and calls finish() once. A node is there as soon as a path or a child needs
// it; what was never said of it stays unknown (not_recorded). Used by one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot.h"

namespace xsaudit {

class SnapshotBuilder {
 public:
  SnapshotBuilder();

  // The child of `parent` called `name`, made if it is not there yet. `name` need not be valid:
  // what a recording shows is kept as it is, as long as it is not empty and has no '/'.
  NodeId child(NodeId parent, std::string_view name);
  // The node at an absolute path, made with all its ancestors.
  NodeId at(std::string_view path);

  void set_value(NodeId node, std::string_view bytes);
  void set_value_unknown(NodeId node, UnknownReason reason);
  // The id of a list, for sources that meet the same one often.
  PermissionsId permissions_id(const Permissions& permissions);
  void set_permissions(NodeId node, PermissionsId permissions);
  void set_permissions(NodeId node, const Permissions& permissions);
  void set_permissions_unknown(NodeId node, UnknownReason reason);
  // The source only needs the node for those below it, and knows nothing of it for this reason.
  void set_unrecorded(NodeId node, UnknownReason reason);
  // known: every child that the store has was or will be added.
  void set_children(NodeId node, UnknownReason reason);

  // The node turned out not to be there (it went while the store was read): finish() leaves it out,
  // and all that lies below it. A child of the same name is a new node from then on.
  void drop(NodeId node);
  bool dropped(NodeId node) const { return node < dropped_.size() && dropped_[node]; }

  // Whether anything was ever said of the node, rather than only of nodes below it.
  bool described(NodeId node) const { return described_[node]; }
  std::size_t size() const { return draft_.size(); }
  const Snapshot& draft() const { return draft_; }

  // Ends the builder. `default_children` is what is said of the children of nodes for which
  // set_children() was never called.
  Snapshot finish(SnapshotInfo info, UnknownReason default_children) &&;

 private:
  NodeId add(NodeId parent, StringId name);
  bool in_order() const;
  void put_in_order();
  void index_children();

  Snapshot draft_;  // nodes in the order of their making; put in order by finish()
  std::vector<bool> described_;
  std::vector<bool> children_said_;
  std::vector<bool> dropped_;  // empty while nothing was dropped
  std::map<std::string, PermissionsId> permission_ids_;
};

// Permission lists by what a listing prints of them: a store has few distinct lists, so each is
// parsed once. Used by one thread, for one builder, which must outlive it.
class PermissionTexts {
 public:
  explicit PermissionTexts(SnapshotBuilder& builder) : builder_(builder) {}

  // "n0,r1"; an error if it is no list of permissions.
  Result<PermissionsId> id(std::string_view text);

 private:
  SnapshotBuilder& builder_;
  StringPool texts_;
  std::vector<PermissionsId> ids_;  // by StringId; kNoPermissions where not yet parsed
};

}  // namespace xsaudit
