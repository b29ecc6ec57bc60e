// A store at one moment: an immutable tree of nodes, each with a name, a value, permissions and
// children, together with other facts that were collected with it. Made once by a SnapshotBuilder,
// then only read; any number of threads may read one at the same time. It owns all bytes of the
// views that it returns.
//
// Every fact is known, absent, or unknown with a reason. Nodes lie in depth-first order, children
// in the order of their source: the nodes below n are n+1 up to subtree_end(n). A million nodes are
// an ordinary size, so a node is a row of a few numbers, not an object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_copies.h"
#include "base/string_pool.h"
#include "store/permissions.h"
#include "store/snapshot_info.h"
#include "store/value_reads.h"

namespace xsaudit {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = SlotTable::kNone;
inline constexpr NodeId kRootNode = 0;  // "/"; every snapshot has it

using PermissionsId = std::uint32_t;
inline constexpr PermissionsId kNoPermissions = UINT32_MAX;

enum class Presence { present, absent, unknown };

class Snapshot {
 public:
  // Number of nodes, "/" included; at least 1.
  std::size_t size() const { return parent_.size(); }
  // The number of nodes below "/" that the source recorded. The other nodes are only the ancestors
  // of these.
  std::size_t recorded() const { return recorded_; }

  NodeId parent(NodeId node) const { return parent_[node]; }            // kNoNode for "/"
  NodeId subtree_end(NodeId node) const { return subtree_end_[node]; }  // one past the last below
  NodeId first_child(NodeId node) const;                                // kNoNode if none
  NodeId next_sibling(NodeId node) const;                               // kNoNode if none

  std::string_view name(NodeId node) const { return names_.get(name_[node]); }
  StringId name_id(NodeId node) const { return name_[node]; }
  std::string path(NodeId node) const;
  std::size_t depth(NodeId node) const;  // 0 for "/"

  // The child called `name`, or kNoNode: use presence() to learn whether it is absent or unknown.
  NodeId child(NodeId node, std::string_view name) const;
  NodeId child(NodeId node, StringId name) const;
  NodeId find(std::string_view path) const;
  // The deepest node of the snapshot on the way to `path`; `path` must be valid.
  NodeId nearest(std::string_view path) const;

  // Whether the store has this path. Absent only if the children of the nearest ancestor are known;
  // otherwise `why` (if given) is set.
  Presence presence(std::string_view path, UnknownReason* why = nullptr) const;

  // Raw bytes; empty when the value is unknown, so ask value_unknown() first.
  std::string_view value(NodeId node) const {
    if (reads_ != nullptr) reads_->note(node);
    return values_.get(value_[node]);
  }
  std::size_t value_size(NodeId node) const {
    if (reads_ != nullptr) reads_->note_class(node);
    return values_.get(value_[node]).size();
  }
  UnknownReason value_unknown(NodeId node) const { return unknown_[node].value; }

  // Null when unknown. Equal lists have equal ids, below permission_lists().
  const Permissions* permissions(NodeId node) const;
  PermissionsId permissions_id(NodeId node) const { return permissions_[node]; }
  const Permissions& permissions_of(PermissionsId id) const { return permission_lists_[id]; }
  std::size_t permission_lists() const { return permission_lists_.size(); }
  UnknownReason permissions_unknown(NodeId node) const { return unknown_[node].permissions; }

  // The line of the recording that describes the node, from 1; 0 if there is none.
  std::uint64_t line(NodeId node) const {
    if (node - numbered_from_ < numbered_) return first_line_ + (node - numbered_from_);
    return node < line_.size() ? line_[node] : 0;
  }

  // known: the node has no children other than those in the snapshot.
  UnknownReason children_unknown(NodeId node) const { return children_unknown_[node]; }

  // Of all nodes: far fewer strings than nodes, as names repeat.
  const StringPool& names() const { return names_; }
  const SnapshotInfo& info() const { return info_; }
  // For the source that made it, before it is shared.
  SnapshotInfo& info() { return info_; }

  // For its owner, if nothing else reads it at the same time (rules/followed_hits.h). The number of
  // the node stays, and so do all others; views of its old value stay valid. A new value takes
  // memory that only the end of the snapshot gives back.
  void replace_value(NodeId node, std::string_view bytes) {
    value_[node] = bytes.empty() ? 0 : values_.share(bytes);
  }
  // Where reads of values are noted; null: nowhere. It must outlive all reads.
  void set_reads(ValueReads* reads) { reads_ = reads; }
  ValueReads* reads() const { return reads_; }

 private:
  friend class SnapshotBuilder;
  Snapshot() = default;
  NodeId child(NodeId node, StringId name, std::uint32_t hash) const;
  static std::uint32_t child_hash(NodeId node, StringId name);

  std::size_t recorded_ = 0;
  StringPool names_;
  StringCopies values_;  // the first is empty
  std::vector<NodeId> parent_;
  std::vector<NodeId> subtree_end_;
  std::vector<StringId> name_;
  std::vector<StringCopies::Place> value_;
  std::vector<PermissionsId> permissions_;
  struct Unknown {  // in one byte
    UnknownReason value : 4 = UnknownReason::not_recorded;
    UnknownReason permissions : 4 = UnknownReason::not_recorded;
  };
  std::vector<Unknown> unknown_;
  std::vector<UnknownReason> children_unknown_;
  // The lines of nodes that follow each other, as in most recordings: first_line_ for the node
  // numbered_from_, and so on. Of a recording without this order, line_ has all of them.
  NodeId numbered_from_ = 0;
  NodeId numbered_ = 0;  // how many they are
  std::uint32_t first_line_ = 0;
  std::vector<std::uint32_t> line_;  // empty, or up to the last node that has one
  SlotTable children_;               // by child_hash() of parent and name
  std::vector<Permissions> permission_lists_;
  SnapshotInfo info_;
  ValueReads* reads_ = nullptr;
};

}  // namespace xsaudit
