#include "rules/functions/store_index.h"

#include <algorithm>

#include "rules/functions/schema_index.h"

namespace xsaudit {

StoreIndex::StoreIndex(const AuditContext& facts, const JudgingClock::Limit& limit)
    : facts_(facts), snapshot_(facts.snapshot), clock_(limit), sizes_(facts.snapshot) {
  look_for_unplaced();
}
StoreIndex::~StoreIndex() = default;

SchemaIndex& StoreIndex::schema() {
  if (schema_ == nullptr) schema_ = std::make_unique<SchemaIndex>(facts_, *this);
  return *schema_;
}

// Only an incomplete store can contain such a tree.
void StoreIndex::look_for_unplaced() {
  if (snapshot_.info().coverage != Coverage::excerpt) return;
  for (NodeId at = snapshot_.first_child(kRootNode); at != kNoNode;
       at = snapshot_.next_sibling(at)) {
    if (!snapshot_.name(at).starts_with(kUnplaced)) continue;
    unplaced_.push_back(at);
  }
}

bool StoreIndex::stands_for_place(NodeId node) const {
  return std::binary_search(unplaced_.begin(), unplaced_.end(), node);
}

std::uint32_t StoreIndex::depth(NodeId node) {
  if (depth_.empty()) {
    depth_.resize(snapshot_.size());
    for (NodeId at = 1; at < snapshot_.size(); ++at) depth_[at] = depth_[snapshot_.parent(at)] + 1;
  }
  return depth_[node];
}

std::uint32_t StoreIndex::place_by_name(NodeId node) {
  if (places_by_name_.empty()) {
    places_by_name_.resize(snapshot_.size());
    std::uint32_t place = 0;
    std::vector<NodeId> next = {kRootNode};
    while (!next.empty()) {
      const NodeId at = next.back();
      next.pop_back();
      places_by_name_[at] = place++;
      const auto first = static_cast<std::ptrdiff_t>(next.size());
      for (NodeId child = snapshot_.first_child(at); child != kNoNode;
           child = snapshot_.next_sibling(child)) {
        next.push_back(child);
      }
      std::sort(next.begin() + first, next.end(), [&](NodeId a, NodeId b) {
        return snapshot_.name(b) < snapshot_.name(a);  // the first is taken from the end
      });
    }
  }
  return places_by_name_[node];
}

NodeId StoreIndex::unknown_permissions_above(NodeId node) {
  if (!looked_for_unknown_above_) {
    looked_for_unknown_above_ = true;
    NodeId first = 1;
    while (first < snapshot_.size() && snapshot_.permissions_id(first) != kNoPermissions) ++first;
    if (first < snapshot_.size()) {  // in most stores there is none, and no table
      unknown_above_.assign(snapshot_.size(), kNoNode);
      for (NodeId at = first; at < snapshot_.size(); ++at) {
        unknown_above_[at] = snapshot_.permissions_id(at) == kNoPermissions
                                 ? at
                                 : unknown_above_[snapshot_.parent(at)];
      }
    }
  }
  return unknown_above_.empty() ? kNoNode : unknown_above_[node];
}

NodeId StoreIndex::unknown_children_below(NodeId node) {
  if (!looked_for_unknown_children_) {
    looked_for_unknown_children_ = true;
    for (NodeId at = 0; at < snapshot_.size(); ++at) {
      if (snapshot_.children_unknown(at) != UnknownReason::known) unknown_children_.push_back(at);
    }
  }
  const auto first = std::lower_bound(unknown_children_.begin(), unknown_children_.end(), node);
  return first != unknown_children_.end() && *first < snapshot_.subtree_end(node) ? *first
                                                                                  : kNoNode;
}

std::string_view StoreIndex::permissions_text(PermissionsId id) {
  if (permissions_text_.empty()) {
    for (PermissionsId at = 0; at < snapshot_.permission_lists(); ++at) {
      permissions_text_.push_back(to_text(snapshot_.permissions_of(at)));
    }
  }
  return permissions_text_[id];
}

void StoreIndex::count_owners() {
  if (counted_owners_) return;
  counted_owners_ = true;
  std::vector<std::uint64_t> by_list(snapshot_.permission_lists());
  for (NodeId node = 0; node < snapshot_.size(); ++node) {
    const PermissionsId id = snapshot_.permissions_id(node);
    if (id != kNoPermissions) {
      ++by_list[id];
    } else if (unknown_owner_ == kNoNode && node != kRootNode) {
      unknown_owner_ = node;
    }
  }
  for (PermissionsId id = 0; id < by_list.size(); ++id) {
    owned_[snapshot_.permissions_of(id).front().domid] += by_list[id];
  }
}

std::uint64_t StoreIndex::owned(Domid domid) {
  count_owners();
  const auto found = owned_.find(domid);
  return found == owned_.end() ? 0 : found->second;
}

NodeId StoreIndex::unknown_owner() {
  count_owners();
  return unknown_owner_;
}

std::optional<ProfileTable::Index> StoreIndex::profile(Domid domid) {
  if (facts_.options.profile) return facts_.options.profile;
  const auto [place, added] = profiles_.try_emplace(domid);
  if (added) place->second = facts_.schema.profiles().of_domain(snapshot_, domid);
  return place->second;
}

}  // namespace xsaudit
