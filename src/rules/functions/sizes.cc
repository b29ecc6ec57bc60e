#include "rules/functions/sizes.h"

#include <algorithm>

namespace xsaudit {
namespace {

constexpr std::int64_t kHeader = 16;     // core.h, struct node_hdr
constexpr std::int64_t kPermission = 8;  // xenstore_state.h, struct xs_permissions
constexpr std::int64_t kEndOfName = 1;   // a NUL byte behind each child's name

}  // namespace

void Sizes::measure() {
  // value_changed() follows changes.
  const ValueReads::Scope scope(snapshot_.reads(), ValueReads::kNothing);
  path_.resize(snapshot_.size());
  path_[kRootNode] = 1;
  struct Above {  // a node whose children are being added up
    NodeId node;
    std::int64_t listing = 0;
    std::size_t children = 0;
  };
  std::vector<Above> way = {{kRootNode}};
  const auto leave = [&] {
    if (way.back().children > kFewChildren) {
      large_listings_.emplace_back(way.back().node, way.back().listing);
    }
    way.pop_back();
  };
  for (NodeId at = kRootNode + 1; at < snapshot_.size(); ++at) {
    const NodeId parent = snapshot_.parent(at);
    const auto name = static_cast<std::int64_t>(snapshot_.name(at).size());
    const std::int64_t path = (parent == kRootNode ? 0 : path_of(parent)) + 1 + name;
    path_[at] = path < UINT16_MAX ? static_cast<std::uint16_t>(path) : UINT16_MAX;
    if (path >= UINT16_MAX) large_paths_.emplace_back(at, path);
    while (way.back().node != parent) leave();
    way.back().listing += name + kEndOfName;
    ++way.back().children;
    way.push_back({at});
  }
  while (!way.empty()) leave();
  std::sort(large_listings_.begin(), large_listings_.end());
  add_owned();
}

void Sizes::add_owned() {
  std::vector<std::int64_t> by_list(snapshot_.permission_lists());
  for (NodeId at = kRootNode + 1; at < snapshot_.size(); ++at) {
    if (gap_ == kNoNode && !all_known(at)) gap_ = at;
    const PermissionsId id = snapshot_.permissions_id(at);
    if (id != kNoPermissions) by_list[id] += bytes_of(at) + path_of(at);
  }
  for (PermissionsId id = 0; id < by_list.size(); ++id) {
    owned_[snapshot_.permissions_of(id).front().domid] += by_list[id];
  }
}

std::int64_t Sizes::large(const Large& sizes, NodeId node) {
  return std::lower_bound(sizes.begin(), sizes.end(), std::pair(node, std::int64_t{0}))->second;
}

std::int64_t Sizes::path_of(NodeId node) const {
  return path_[node] < UINT16_MAX ? path_[node] : large(large_paths_, node);
}

std::int64_t Sizes::listing_of(NodeId node) const {
  std::int64_t bytes = 0;
  std::size_t children = 0;
  for (NodeId child = snapshot_.first_child(node); child != kNoNode;
       child = snapshot_.next_sibling(child)) {
    if (++children > kFewChildren) return large(large_listings_, node);
    bytes += static_cast<std::int64_t>(snapshot_.name(child).size()) + kEndOfName;
  }
  return bytes;
}

bool Sizes::all_known(NodeId node) const {
  return snapshot_.permissions_id(node) != kNoPermissions &&
         snapshot_.value_unknown(node) == UnknownReason::known &&
         snapshot_.children_unknown(node) == UnknownReason::known;
}

std::int64_t Sizes::bytes_of(NodeId node) const {
  const PermissionsId id = snapshot_.permissions_id(node);
  const std::size_t entries = id == kNoPermissions ? 1 : snapshot_.permissions_of(id).size();
  return kHeader + kPermission * static_cast<std::int64_t>(entries) +
         static_cast<std::int64_t>(snapshot_.value_size(node)) + listing_of(node);
}

std::int64_t Sizes::path(NodeId node) {
  measured_([this] { measure(); });
  return path_of(node);
}

Sizes::Size Sizes::listing(NodeId node) {
  measured_([this] { measure(); });
  const bool known = snapshot_.children_unknown(node) == UnknownReason::known;
  return {listing_of(node), known ? kNoNode : node};
}

Sizes::Size Sizes::node(NodeId node) {
  measured_([this] { measure(); });
  return {bytes_of(node), all_known(node) ? kNoNode : node};
}

Sizes::Size Sizes::owned(Domid domid) {
  if (ValueReads* const reads = snapshot_.reads()) reads->note_sum();
  measured_([this] { measure(); });
  const auto found = owned_.find(domid);
  return {found == owned_.end() ? 0 : found->second, gap_};
}

bool Sizes::value_changed(NodeId node, std::size_t size_before) {
  const auto more = static_cast<std::int64_t>(snapshot_.value_size(node)) -
                    static_cast<std::int64_t>(size_before);
  if (more == 0) return false;
  const PermissionsId id = snapshot_.permissions_id(node);
  const bool summed = node != kRootNode && id != kNoPermissions && !path_.empty();
  if (summed) owned_[snapshot_.permissions_of(id).front().domid] += more;
  return true;
}

}  // namespace xsaudit
