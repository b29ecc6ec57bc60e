#include "source/recorder/changed_store.h"

#include <algorithm>
#include <utility>

#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

void set(SnapshotBuilder& builder, NodeId node, const NodeFacts& facts) {
  if (facts.value_unknown == UnknownReason::known) {
    builder.set_value(node, facts.value);
  } else {
    builder.set_value_unknown(node, facts.value_unknown);
  }
  if (facts.permissions.empty()) {
    builder.set_permissions_unknown(node, facts.permissions_unknown == UnknownReason::known
                                              ? UnknownReason::not_recorded
                                              : facts.permissions_unknown);
  } else {
    builder.set_permissions(node, facts.permissions);
  }
}

// By node of `from`: the node of the same path in `to`, or kNoNode.
std::vector<NodeId> counterparts(const Snapshot& from, const Snapshot& to) {
  std::vector<NodeId> other(from.size(), kNoNode);
  other[kRootNode] = kRootNode;
  for (NodeId node = 1; node < from.size(); ++node) {
    const NodeId parent = other[from.parent(node)];
    if (parent != kNoNode) other[node] = to.child(parent, from.name(node));
  }
  return other;
}

}  // namespace

void ChangedStore::apply(const std::string& path, NodeFacts facts) {
  if (!facts.present) {
    const NodeId node = base_.find(path);
    const NodeId end = node == kNoNode ? 0 : base_.subtree_end(node);
    for (NodeId below = node == kNoNode ? 0 : node + 1; below < end; ++below) {
      changes_.try_emplace(base_.path(below));
    }
    const std::string start = path + '/';
    for (auto at = changes_.lower_bound(start);
         at != changes_.end() && at->first.starts_with(start); ++at) {
      at->second.facts = {};
    }
  }
  const auto [at, first] = changes_.try_emplace(path);
  Change& change = at->second;
  const bool was_present = first ? base_.find(path) != kNoNode : change.facts.present;
  if (facts.present && !was_present) change.made = ++made_;
  change.facts = std::move(facts);
  if (changes_.size() > kMostChanges + base_.size()) merge();
}

NodeFacts ChangedStore::facts(const std::string& path) const {
  if (const auto change = changes_.find(path); change != changes_.end()) {
    return change->second.facts;
  }
  const NodeId node = base_.find(path);
  return node == kNoNode ? NodeFacts() : facts_of(base_, node);
}

Snapshot ChangedStore::snapshot() const {
  std::vector<bool> left_out(base_.size(), false);  // gone, or made again since
  std::vector<std::pair<const std::string*, const Change*>> present;
  for (const auto& [path, change] : changes_) {
    const NodeId node = base_.find(path);
    if (node != kNoNode && node != kRootNode && (!change.facts.present || change.made > 0)) {
      left_out[node] = true;
    }
    if (change.facts.present) present.emplace_back(&path, &change);
  }
  std::stable_sort(present.begin(), present.end(), [](const auto& one, const auto& other) {
    return one.second->made < other.second->made;
  });
  SnapshotBuilder builder =
      SnapshotBuilder::of(base_, [&](NodeId node) -> bool { return left_out[node]; });
  for (const auto& [path, change] : present) {
    const NodeId node = builder.at(*path);
    set(builder, node, change->facts);
    if (change->made > 0) builder.set_children(node, UnknownReason::known);
  }
  return std::move(builder).finish(base_.info(), UnknownReason::not_recorded);
}

void ChangedStore::merge() {
  if (changes_.empty()) return;
  base_ = snapshot();
  changes_.clear();
}

std::vector<NodeChange> ChangedStore::difference(const Snapshot& store) {
  merge();
  std::vector<NodeChange> changes;
  const auto mine = counterparts(base_, store);
  for (NodeId node = kRootNode; node < base_.size(); ++node) {
    NodeFacts before = facts_of(base_, node);
    NodeFacts after = mine[node] == kNoNode ? NodeFacts() : facts_of(store, mine[node]);
    if (before == after) continue;
    changes.push_back({base_.path(node), std::move(before), std::move(after), {}});
  }
  const auto theirs = counterparts(store, base_);
  for (NodeId node = kRootNode; node < store.size(); ++node) {
    if (theirs[node] != kNoNode) continue;
    changes.push_back({store.path(node), {}, facts_of(store, node), {}});
  }
  return changes;
}

bool ChangedStore::same_children_known(const Snapshot& store) const {
  const auto odd = [](const Snapshot& one) {
    std::vector<std::pair<std::string, UnknownReason>> nodes;
    for (NodeId node = kRootNode; node < one.size(); ++node) {
      if (one.children_unknown(node) == UnknownReason::known) continue;
      nodes.emplace_back(one.path(node), one.children_unknown(node));
    }
    return nodes;
  };
  return odd(base_) == odd(store);
}

}  // namespace xsaudit
