#include "faults/editable_store.h"

#include <algorithm>
#include <utility>

#include "store/path.h"
#include "store/snapshot_builder.h"

namespace xsaudit {

EditableStore::EditableStore(const Snapshot& snapshot, std::vector<Domid> alive)
    : info_(snapshot.info()), alive_(std::move(alive)) {
  std::sort(alive_.begin(), alive_.end());
  for (NodeId id = 0; id < snapshot.size(); ++id) {
    Node& node = nodes_[snapshot.path(id)];
    node.value = snapshot.value(id);
    node.value_unknown = snapshot.value_unknown(id);
    node.permissions_unknown = snapshot.permissions_unknown(id);
    if (const Permissions* const permissions = snapshot.permissions(id)) {
      node.permissions = *permissions;
    }
  }
}

void EditableStore::write(const std::string& path, std::string value) {
  auto found = nodes_.find(path);
  if (found == nodes_.end()) {
    const std::string parent(parent_path(path));
    if (!contains(parent)) write(parent, "");
    Node made = nodes_.at(parent);
    // Not even a recording that leaves out the permissions of "/" leaves out those of its children.
    if (!made.permissions) made.permissions = Permissions{{0, false, false, false}};
    made.permissions_unknown = UnknownReason::known;
    found = nodes_.emplace(path, std::move(made)).first;
  }
  found->second.value = std::move(value);
  found->second.value_unknown = UnknownReason::known;
}

bool EditableStore::chmod(const std::string& path, const Permissions& permissions, bool recurse) {
  if (!contains(path)) return false;
  const auto change = [&](Nodes::iterator node) {
    node->second.permissions = permissions;
    node->second.permissions_unknown = UnknownReason::known;
  };
  if (recurse) {
    for_subtree(path, change);
  } else {
    change(nodes_.find(path));
  }
  return true;
}

bool EditableStore::remove(const std::string& path) {
  if (!contains(path)) return false;
  for_subtree(path, [&](Nodes::iterator node) { nodes_.erase(node); });
  return true;
}

bool EditableStore::forget(const std::string& path) {
  if (!contains(path)) return false;
  nodes_.at(path).value_unknown = UnknownReason::unreadable;
  info_.add_gap(path, "its value could not be read");
  return true;
}

void EditableStore::set_alive(Domid domid) {
  alive_.insert(std::upper_bound(alive_.begin(), alive_.end(), domid), domid);
}

void EditableStore::add_watch(Domid domid, std::string path) {
  if (!info_.clients) info_.clients.emplace();
  info_.clients->watches.push_back({domid, std::move(path)});
  info_.clients->sort_watches();
}

void EditableStore::add_transaction(Domid domid) {
  if (!info_.clients) info_.clients.emplace();
  ++info_.clients->transactions[domid];
}

void EditableStore::set_dead(Domid domid) {
  alive_.erase(std::remove(alive_.begin(), alive_.end(), domid), alive_.end());
}

void EditableStore::remove_owned(Domid domid) {
  std::vector<std::string> tops;
  for (const auto& [path, node] : nodes_) {
    if (node.permissions && node.permissions->front().domid == domid) tops.push_back(path);
  }
  for (const std::string& top : tops) remove(top);
}

void EditableStore::for_subtree(const std::string& top,
                                const std::function<void(Nodes::iterator)>& visit) {
  visit(nodes_.find(top));
  const std::string below = top + "/";
  auto node = nodes_.lower_bound(below);
  while (node != nodes_.end() && node->first.starts_with(below)) visit(node++);
}

Snapshot EditableStore::snapshot() const {
  SnapshotBuilder builder;
  for (const auto& [path, node] : nodes_) {
    const NodeId id = builder.at(path);
    if (node.value_unknown == UnknownReason::known) {
      builder.set_value(id, node.value);
    } else {
      builder.set_value_unknown(id, node.value_unknown);
    }
    if (node.permissions) {
      builder.set_permissions(id, *node.permissions);
    } else {
      builder.set_permissions_unknown(id, node.permissions_unknown);
    }
  }
  return std::move(builder).finish(info_, UnknownReason::known);
}

}  // namespace xsaudit
