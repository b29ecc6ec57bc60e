#include "rules/functions/sizes.h"

namespace xsaudit {
namespace {

constexpr std::int64_t kHeader = 16;     // core.h, struct node_hdr
constexpr std::int64_t kPermission = 8;  // xenstore_state.h, struct xs_permissions
constexpr std::uint32_t kEndOfName = 1;  // a NUL byte behind each child's name

}  // namespace

void Sizes::measure() {
  path_.resize(snapshot_.size());
  listing_.resize(snapshot_.size());
  path_[kRootNode] = 1;
  for (NodeId at = kRootNode + 1; at < snapshot_.size(); ++at) {
    const NodeId parent = snapshot_.parent(at);
    const auto name = static_cast<std::uint32_t>(snapshot_.name(at).size());
    path_[at] = (parent == kRootNode ? 0 : path_[parent]) + 1 + name;
    listing_[parent] += name + kEndOfName;
  }
  for (NodeId at = kRootNode + 1; at < snapshot_.size(); ++at) {
    if (gap_ == kNoNode && !all_known(at)) gap_ = at;
    const PermissionsId id = snapshot_.permissions_id(at);
    if (id == kNoPermissions) continue;
    owned_[snapshot_.permissions_of(id).front().domid] += bytes_of(at) + path_[at];
  }
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
         static_cast<std::int64_t>(snapshot_.value(node).size()) + listing_[node];
}

std::int64_t Sizes::path(NodeId node) {
  measured_([this] { measure(); });
  return path_[node];
}

Sizes::Size Sizes::listing(NodeId node) {
  measured_([this] { measure(); });
  const bool known = snapshot_.children_unknown(node) == UnknownReason::known;
  return {listing_[node], known ? kNoNode : node};
}

Sizes::Size Sizes::node(NodeId node) {
  measured_([this] { measure(); });
  return {bytes_of(node), all_known(node) ? kNoNode : node};
}

Sizes::Size Sizes::owned(Domid domid) {
  measured_([this] { measure(); });
  const auto found = owned_.find(domid);
  return {found == owned_.end() ? 0 : found->second, gap_};
}

}  // namespace xsaudit
