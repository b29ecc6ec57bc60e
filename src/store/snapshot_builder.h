// Builds a Snapshot from nodes in any order. A source adds each node with the facts that it knows,
// and calls finish() once. A node exists as soon as a path or a child needs it; facts that were
// never set are unknown (not_recorded). Used by one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot.h"

namespace xsaudit {

class SnapshotBuilder {
 public:
  SnapshotBuilder();
  // Begins with the nodes of `store`, which may be a draft, except those that `leave_out` holds of,
  // and what is below them. Numbers of nodes and lists are new.
  static SnapshotBuilder of(const Snapshot& store,
                            const std::function<bool(NodeId)>& leave_out = {});

  // The child of `parent` called `name`, created if necessary. `name` need not be valid: the name
  // in a recording is kept unchanged, as long as it is not empty and has no '/'.
  NodeId child(NodeId parent, std::string_view name);
  // The node at an absolute path, created with all its ancestors if necessary.
  NodeId at(std::string_view path);
  // The node at a path, or kNoNode. For few paths: draft() is for sources that search often.
  NodeId find(std::string_view path);

  void set_value(NodeId node, std::string_view bytes);
  void set_value_unknown(NodeId node, UnknownReason reason);
  // The id of a list, for sources that meet the same one often.
  PermissionsId permissions_id(const Permissions& permissions);
  void set_permissions(NodeId node, PermissionsId permissions);
  void set_permissions(NodeId node, const Permissions& permissions);
  void set_permissions_unknown(NodeId node, UnknownReason reason);
  // The source needs the node only for its descendants, and knows nothing about it for this reason.
  void set_unrecorded(NodeId node, UnknownReason reason);
  // known: every child that the store has was or will be added.
  void set_children(NodeId node, UnknownReason reason);

  // The line of the recording that describes the node. A line that does not fit into 32 bits is
  // left out.
  void set_line(NodeId node, std::uint64_t line);

  // The node has vanished while the store was read: finish() omits it and its descendants. A child
  // of the same name is a new node from then on.
  void drop(NodeId node);
  bool dropped(NodeId node) const { return node < dropped_.size() && dropped_[node]; }

  // Whether any fact about the node itself was set, and not only about its descendants.
  bool described(NodeId node) const { return described_[node]; }
  std::size_t size() const { return draft_.size(); }
  // The store so far. For its children to be found they are put into a table, which is for sources
  // that search; rows() is the same without: what each node says of itself, and its parent.
  const Snapshot& draft();
  const Snapshot& rows() const { return draft_; }

  // Ends the builder. `default_children` applies to the children of nodes for which set_children()
  // was never called.
  Snapshot finish(SnapshotInfo info, UnknownReason default_children) &&;

 private:
  NodeId add(NodeId parent, StringId name);
  NodeId known_child(NodeId parent, StringId name);
  void write_out_lines();
  bool in_order() const;
  void put_in_order();
  void index_children();

  Snapshot draft_;  // nodes in the order of their making; put in order by finish()
  std::vector<bool> described_;
  std::vector<bool> children_said_;
  std::vector<bool> dropped_;  // empty while nothing was dropped
  // Most sources add a node's children soon after the node, so that few nodes made since have the
  // name of the next child, and none of them is that child. Going through these takes far less time
  // than a search in a table of all children, which is larger than the processor's cache. Where it
  // does not (a guest chooses names), the table is made all the same.
  std::vector<NodeId> last_namesake_;    // by name: the last node made with it
  std::vector<NodeId> namesake_before_;  // by node: the one before
  std::size_t namesakes_passed_ = 0;     // on all ways to children that were not there or far back
  NodeId indexed_ = kRootNode + 1;       // the nodes before are in the table of children
  StringPool permission_keys_;           // the bytes of each list, by PermissionsId
};

// Parses permission lists as a listing prints them: a store has few distinct lists, so each is
// parsed once. Used by one thread, for one builder, which must outlive it.
class PermissionTexts {
 public:
  explicit PermissionTexts(SnapshotBuilder& builder) : builder_(builder) {}

  // Parses "n0,r1"; an error if the text is not a list of permissions.
  Result<PermissionsId> id(std::string_view text);

 private:
  SnapshotBuilder& builder_;
  StringPool texts_;
  std::vector<PermissionsId> ids_;  // by StringId; kNoPermissions where not yet parsed
  StringId last_ = kNoString;       // the one asked for last, if it is a list
};

}  // namespace xsaudit
