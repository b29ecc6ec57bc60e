#include "store/snapshot.h"

#include <algorithm>

#include "store/keyed_hash.h"
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

std::size_t Snapshot::child_slot(NodeId parent, StringId name) const {
  const std::size_t mask = child_slots_.size() - 1;
  std::size_t slot = keyed_hash(parent, name) & mask;
  while (child_slots_[slot] != kNoNode) {
    const NodeId node = child_slots_[slot];
    if (parent_[node] == parent && name_[node] == name) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void Snapshot::index_children() {
  // At most half full here, so that a builder may go on adding for a while.
  std::size_t slots = 16;
  while (slots < size() * 2) slots *= 2;
  child_slots_.assign(slots, kNoNode);
  for (NodeId node = 1; node < size(); ++node) {
    child_slots_[child_slot(parent_[node], name_[node])] = node;
  }
}

NodeId Snapshot::child(NodeId node, StringId name) const {
  return name == kNoString ? kNoNode : child_slots_[child_slot(node, name)];
}

NodeId Snapshot::child(NodeId node, std::string_view name) const {
  return child(node, strings_.find(name));
}

NodeId Snapshot::nearest(std::string_view path) const {
  NodeId node = kRootNode;
  for (const std::string_view name : path_names(path)) {
    const NodeId next = child(node, name);
    if (next == kNoNode) break;
    node = next;
  }
  return node;
}

NodeId Snapshot::find(std::string_view path) const {
  NodeId node = kRootNode;
  for (const std::string_view name : path_names(path)) {
    node = child(node, name);
    if (node == kNoNode) break;
  }
  return node;
}

Presence Snapshot::presence(std::string_view path, UnknownReason* why) const {
  NodeId node = kRootNode;
  for (const std::string_view name : path_names(path)) {
    const NodeId next = child(node, name);
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
