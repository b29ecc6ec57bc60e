#include "store/snapshot.h"

#include <algorithm>

#include "base/hash.h"
#include "store/path.h"

namespace xsaudit {

NodeId Snapshot::first_child(NodeId node) const {
  return node + 1 < subtree_end_[node] ? node + 1 : kNoNode;
}

NodeId Snapshot::next_sibling(NodeId node) const {
  if (node == kRootNode) return kNoNode;
  const NodeId next = subtree_end_[node];
  return next < subtree_end_[parent_[node]] ? next : kNoNode;
}

std::string Snapshot::path(NodeId node) const {
  if (node == kRootNode) return "/";
  std::size_t length = 0;
  for (NodeId at = node; at != kRootNode; at = parent_[at]) length += 1 + name(at).size();
  std::string out(length, '/');
  for (NodeId at = node; at != kRootNode; at = parent_[at]) {
    const std::string_view part = name(at);
    length -= part.size();
    std::copy(part.begin(), part.end(), out.begin() + static_cast<std::ptrdiff_t>(length));
    --length;
  }
  return out;
}

std::size_t Snapshot::depth(NodeId node) const {
  std::size_t levels = 0;
  for (; node != kRootNode; node = parent_[node]) ++levels;
  return levels;
}

std::uint32_t Snapshot::child_hash(NodeId node, StringId name) {
  return static_cast<std::uint32_t>(keyed_hash(node, name));
}

NodeId Snapshot::child(NodeId node, StringId name, std::uint32_t hash) const {
  return children_.find(
      hash, [&](NodeId child) { return parent_[child] == node && name_[child] == name; });
}

NodeId Snapshot::child(NodeId node, StringId name) const {
  return child(node, name, child_hash(node, name));
}

NodeId Snapshot::child(NodeId node, std::string_view name) const {
  const StringId id = names_.find(name);
  return id == kNoString ? kNoNode : child(node, id);
}

NodeId Snapshot::nearest(std::string_view path) const {
  NodeId node = kRootNode;
  for (std::string_view rest = joined_names(path); !rest.empty();) {
    const NodeId next = child(node, take_name(rest));
    if (next == kNoNode) break;
    node = next;
  }
  return node;
}

NodeId Snapshot::find(std::string_view path) const {
  NodeId node = kRootNode;
  for (std::string_view rest = joined_names(path); !rest.empty() && node != kNoNode;) {
    node = child(node, take_name(rest));
  }
  return node;
}

Presence Snapshot::presence(std::string_view path, UnknownReason* why) const {
  NodeId node = kRootNode;
  for (std::string_view rest = joined_names(path); !rest.empty();) {
    const NodeId next = child(node, take_name(rest));
    if (next != kNoNode) {
      node = next;
      continue;
    }
    if (children_unknown_[node] == UnknownReason::known) return Presence::absent;
    if (why != nullptr) *why = children_unknown_[node];
    return Presence::unknown;
  }
  return Presence::present;
}

const Permissions* Snapshot::permissions(NodeId node) const {
  const PermissionsId id = permissions_[node];
  return id == kNoPermissions ? nullptr : &permission_lists_[id];
}

}  // namespace xsaudit
