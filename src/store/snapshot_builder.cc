#include "store/snapshot_builder.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "store/path.h"

namespace xsaudit {

namespace {

template <typename T>
void reorder(std::vector<T>& rows, const std::vector<NodeId>& order) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (const NodeId old : order) out.push_back(rows[old]);
  rows = std::move(out);
}

}  // namespace

SnapshotBuilder::SnapshotBuilder() {
  draft_.values_.add("");
  add(kNoNode, draft_.names_.add(""));
}

SnapshotBuilder SnapshotBuilder::of(const Snapshot& store,
                                    const std::function<bool(NodeId)>& leave_out) {
  SnapshotBuilder builder;
  std::vector<NodeId> moved(store.size(), kNoNode);
  std::vector<PermissionsId> lists(store.permission_lists(), kNoPermissions);
  for (NodeId node = kRootNode; node < store.size(); ++node) {
    if (node != kRootNode) {
      const NodeId parent = moved[store.parent(node)];
      if (parent == kNoNode || (leave_out && leave_out(node))) continue;
      moved[node] = builder.child(parent, store.name(node));
    } else {
      moved[node] = kRootNode;
    }
    const NodeId to = moved[node];
    if (store.value_unknown(node) == UnknownReason::known) {
      builder.set_value(to, store.value(node));
    } else {
      builder.set_value_unknown(to, store.value_unknown(node));
    }
    if (store.permissions(node) != nullptr) {
      PermissionsId& list = lists[store.permissions_id(node)];
      if (list == kNoPermissions) list = builder.permissions_id(*store.permissions(node));
      builder.set_permissions(to, list);
    } else {
      builder.set_permissions_unknown(to, store.permissions_unknown(node));
    }
    builder.set_children(to, store.children_unknown(node));
  }
  return builder;
}

NodeId SnapshotBuilder::add(NodeId parent, StringId name) {
  const auto node = static_cast<NodeId>(draft_.size());
  draft_.parent_.push_back(parent);
  draft_.name_.push_back(name);
  draft_.value_.push_back(0);  // the empty value
  draft_.permissions_.push_back(kNoPermissions);
  draft_.unknown_.emplace_back();
  draft_.children_unknown_.push_back(UnknownReason::known);
  described_.push_back(false);
  children_said_.push_back(false);
  if (last_namesake_.size() <= name) last_namesake_.resize(name + 1, kNoNode);
  namesake_before_.push_back(std::exchange(last_namesake_[name], node));
  return node;
}

NodeId SnapshotBuilder::known_child(NodeId parent, StringId name) {
  if (name >= last_namesake_.size()) return kNoNode;
  // A node's number is higher than its parent's.
  for (NodeId node = last_namesake_[name]; node != kNoNode && node > parent;
       node = namesake_before_[node]) {
    if (draft_.parent_[node] == parent && draft_.name_[node] == name) return node;
    if (++namesakes_passed_ > draft_.size()) return draft().child(parent, name);
  }
  return kNoNode;
}

NodeId SnapshotBuilder::child(NodeId parent, std::string_view name) {
  const StringId id = draft_.names_.add(name);
  const NodeId known = known_child(parent, id);
  return known != kNoNode ? known : add(parent, id);
}

NodeId SnapshotBuilder::find(std::string_view path) {
  NodeId node = kRootNode;
  for (std::string_view rest = joined_names(path); !rest.empty() && node != kNoNode;) {
    const StringId name = draft_.names_.find(take_name(rest));
    node = name == kNoString ? kNoNode : known_child(node, name);
  }
  return node;
}

const Snapshot& SnapshotBuilder::draft() {
  index_children();
  return draft_;
}

NodeId SnapshotBuilder::at(std::string_view path) {
  NodeId node = kRootNode;
  for (std::string_view rest = joined_names(path); !rest.empty();)
    node = child(node, take_name(rest));
  return node;
}

void SnapshotBuilder::set_value(NodeId node, std::string_view bytes) {
  draft_.value_[node] = bytes.empty() ? 0 : draft_.values_.share(bytes);
  draft_.unknown_[node].value = UnknownReason::known;
  described_[node] = true;
}

void SnapshotBuilder::set_value_unknown(NodeId node, UnknownReason reason) {
  draft_.value_[node] = 0;
  draft_.unknown_[node].value = reason;
  described_[node] = true;
}

PermissionsId SnapshotBuilder::permissions_id(const Permissions& permissions) {
  std::string key;
  key.reserve(permissions.size() * (2 + sizeof(Domid)));
  for (const PermissionEntry& entry : permissions) {
    key += entry.letter();
    key += entry.stale ? '!' : '.';
    key.append(reinterpret_cast<const char*>(&entry.domid), sizeof(entry.domid));
  }
  const PermissionsId id = permission_keys_.add(key);
  if (id == draft_.permission_lists_.size()) draft_.permission_lists_.push_back(permissions);
  return id;
}

void SnapshotBuilder::set_permissions(NodeId node, PermissionsId permissions) {
  draft_.permissions_[node] = permissions;
  draft_.unknown_[node].permissions = UnknownReason::known;
  described_[node] = true;
}

void SnapshotBuilder::set_permissions(NodeId node, const Permissions& permissions) {
  set_permissions(node, permissions_id(permissions));
}

void SnapshotBuilder::set_permissions_unknown(NodeId node, UnknownReason reason) {
  draft_.permissions_[node] = kNoPermissions;
  draft_.unknown_[node].permissions = reason;
  described_[node] = true;
}

void SnapshotBuilder::set_unrecorded(NodeId node, UnknownReason reason) {
  draft_.unknown_[node].value = reason;
  draft_.unknown_[node].permissions = reason;
}

void SnapshotBuilder::set_children(NodeId node, UnknownReason reason) {
  draft_.children_unknown_[node] = reason;
  children_said_[node] = true;
}

void SnapshotBuilder::set_line(NodeId node, std::uint64_t line) {
  const std::uint32_t known = line <= UINT32_MAX ? static_cast<std::uint32_t>(line) : 0;
  NodeId& numbered = draft_.numbered_;
  if (draft_.line_.empty() && numbered == 0) {
    draft_.numbered_from_ = node;
    draft_.first_line_ = known;
  }
  const bool next = node == draft_.numbered_from_ + numbered &&
                    known == std::uint64_t{draft_.first_line_} + numbered;
  if (draft_.line_.empty() && next) {
    ++numbered;
    return;
  }
  write_out_lines();
  if (draft_.line_.size() <= node) draft_.line_.resize(node + 1, 0);
  draft_.line_[node] = known;
}

void SnapshotBuilder::write_out_lines() {
  if (draft_.numbered_ == 0) return;
  draft_.line_.resize(draft_.numbered_from_ + draft_.numbered_, 0);
  const auto first = draft_.line_.begin() + static_cast<std::ptrdiff_t>(draft_.numbered_from_);
  std::iota(first, draft_.line_.end(), draft_.first_line_);
  draft_.numbered_ = 0;
}

void SnapshotBuilder::drop(NodeId node) {
  if (dropped_.size() <= node) dropped_.resize(node + 1, false);
  dropped_[node] = true;
  draft_.name_[node] = 0;  // no child is called "": the next of its name is another node
}

// Depth-first already: each node's parent is the node before it or one of that one's ancestors.
bool SnapshotBuilder::in_order() const {
  std::vector<NodeId> way = {kRootNode};
  for (NodeId node = 1; node < draft_.size(); ++node) {
    while (!way.empty() && way.back() != draft_.parent_[node]) way.pop_back();
    if (way.empty()) return false;
    way.push_back(node);
  }
  return true;
}

void SnapshotBuilder::put_in_order() {
  const std::size_t size = draft_.size();
  std::vector<NodeId> first(size, kNoNode);
  std::vector<NodeId> next(size, kNoNode);
  for (auto node = static_cast<NodeId>(size - 1); node > 0; --node) {
    if (dropped(node)) continue;
    next[node] = first[draft_.parent_[node]];
    first[draft_.parent_[node]] = node;
  }
  std::vector<NodeId> order;
  order.reserve(size);
  std::vector<NodeId> moved(size);
  for (NodeId node = kRootNode; node != kNoNode;) {
    moved[node] = static_cast<NodeId>(order.size());
    order.push_back(node);
    if (first[node] != kNoNode) {
      node = first[node];
      continue;
    }
    while (node != kRootNode && next[node] == kNoNode) node = draft_.parent_[node];
    node = node == kRootNode ? kNoNode : next[node];
  }
  reorder(draft_.parent_, order);
  for (std::size_t i = 1; i < order.size(); ++i) draft_.parent_[i] = moved[draft_.parent_[i]];
  reorder(draft_.name_, order);
  reorder(draft_.value_, order);
  reorder(draft_.permissions_, order);
  reorder(draft_.unknown_, order);
  reorder(draft_.children_unknown_, order);
  write_out_lines();
  if (!draft_.line_.empty()) {
    draft_.line_.resize(size, 0);
    reorder(draft_.line_, order);
  }
}

void SnapshotBuilder::index_children() {
  if (indexed_ == kRootNode + 1) draft_.children_.clear(draft_.size());
  // The table is larger than the processor's cache: a slot is fetched while others are filled.
  constexpr std::size_t kAhead = 16;
  std::array<std::uint32_t, kAhead> hashes{};
  for (std::size_t at = indexed_; at < draft_.size() + kAhead; ++at) {
    std::uint32_t& hash = hashes[at % kAhead];
    if (at >= indexed_ + kAhead) draft_.children_.add(hash, indexed_++);
    if (at >= draft_.size()) continue;
    hash = Snapshot::child_hash(draft_.parent_[at], draft_.name_[at]);
    draft_.children_.prefetch(hash);
  }
}

Snapshot SnapshotBuilder::finish(SnapshotInfo info, UnknownReason default_children) && {
  for (NodeId node = 1; node < draft_.size(); ++node) {
    draft_.recorded_ += described_[node] && !dropped(node) ? 1 : 0;
  }
  for (NodeId node = 0; node < draft_.size(); ++node) {
    if (!children_said_[node]) draft_.children_unknown_[node] = default_children;
  }
  std::vector<NodeId>().swap(last_namesake_);
  std::vector<NodeId>().swap(namesake_before_);
  const bool moves = !in_order() || !dropped_.empty();
  if (moves) put_in_order();
  // As rows are added, each column takes up to twice what it needs. The table is the largest: old
  // and new slots together would take the most memory of all.
  if (moves || !draft_.children_.fits(draft_.size())) indexed_ = kRootNode + 1;
  index_children();
  const auto fit = [](auto&... columns) { (columns.shrink_to_fit(), ...); };
  fit(draft_.parent_, draft_.name_, draft_.value_, draft_.permissions_, draft_.unknown_,
      draft_.children_unknown_, draft_.line_);
  draft_.names_.fit();
  draft_.values_.fit();
  const auto size = static_cast<NodeId>(draft_.size());
  draft_.subtree_end_.resize(size);
  for (NodeId node = 0; node < size; ++node) draft_.subtree_end_[node] = node + 1;
  for (NodeId node = size - 1; node > 0; --node) {
    NodeId& end = draft_.subtree_end_[draft_.parent_[node]];
    end = std::max(end, draft_.subtree_end_[node]);
  }
  draft_.info_ = std::move(info);
  return std::move(draft_);
}

Result<PermissionsId> PermissionTexts::id(std::string_view text) {
  // Most nodes have the list of the node before.
  if (last_ != kNoString && text == texts_.get(last_)) return ids_[last_];
  const StringId known = texts_.add(text);
  if (known >= ids_.size()) ids_.resize(known + 1, kNoPermissions);
  if (ids_[known] == kNoPermissions) {
    XSAUDIT_ASSIGN(const auto permissions, parse_permissions(text));
    ids_[known] = builder_.permissions_id(permissions);
  }
  last_ = known;
  return ids_[known];
}

}  // namespace xsaudit
