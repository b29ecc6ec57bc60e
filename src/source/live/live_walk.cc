#include "source/live/live_walk.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "base/escape.h"
#include "source/live/live_source.h"
#include "store/path.h"

namespace xsaudit {

namespace {

// The number of changes of a directory that are accepted while it arrives in parts.
constexpr int kMaxRestarts = 20;

constexpr std::string_view kNoName("\0", 1);
constexpr std::string_view kEnd("\0\0", 2);  // of the last name, and the empty one

}  // namespace

DirectoryParts::State DirectoryParts::take(std::string_view payload, std::size_t longest) {
  const std::size_t zero = payload.find('\0');
  const std::string_view generation = payload.substr(0, zero);
  std::string_view names = zero == std::string_view::npos ? "" : payload.substr(zero + 1);
  received_ += names.size();
  if (!names_.empty() && generation != generation_) {
    names_ = {};  // with its memory
    return ++restarts_ > kMaxRestarts ? State::never_steady : State::more;
  }
  generation_ = generation;
  const bool last = names == kNoName || names.ends_with(kEnd);
  if (last) names.remove_suffix(kNoName.size());
  if (names.empty() && !last) return State::wrong;
  names_ += names;
  if (names_.size() > longest) return State::too_long;
  return last ? State::complete : State::more;
}

namespace {

using Kind = StoreRequest::Kind;
using Outcome = StoreReply::Outcome;

constexpr std::array<std::string_view, 2> kSpecialNodes = {kIntroduceDomain, kReleaseDomain};

// The requests for each node, in this order.
constexpr std::array<Kind, 3> kQuestions = {Kind::value, Kind::permissions, Kind::children};

const char* subject(Kind kind) {
  switch (kind) {
    case Kind::value: return "the value";
    case Kind::permissions: return "the permissions";
    default: return "the children";
  }
}

}  // namespace

LiveWalk::LiveWalk(StoreReader& reader, const WalkLimits& limits)
    : reader_(reader), limits_(limits), next_special_(kSpecialNodes.size()), listed_in_(1) {
  info_.name = info_.kind = "live";
  info_.has_permissions = true;
  reader_.set_longest_list(limits_.bytes);
}

void LiveWalk::read_all() {
  to_ask_.push_back({kRootNode, 0});
  run();
}

void LiveWalk::read_again(const std::vector<std::string>& paths) {
  std::unordered_set<NodeId> nodes = {kRootNode};
  for (const std::string& path : paths) {
    NodeId node = kRootNode;
    for (std::string_view rest = joined_names(path); !rest.empty();) {
      node = builder_.draft().child(node, take_name(rest));
      if (node == kNoNode) break;
      nodes.insert(node);
    }
  }
  for (const NodeId node : nodes) to_ask_.push_back({node, 0});
  reading_again_ = true;
  run();
  drop_unlisted();
}

// Removing a node is one event with its path, so a node that was removed and made again may have
// other nodes below it, without an event for the ancestors that were made with them: all that is
// below the path of an event is read again.
std::vector<NodeChange> LiveWalk::read_changed(const std::vector<std::string>& paths) {
  if (const auto nodes = leaves(paths)) return read_leaves(*nodes);
  const Snapshot& draft = builder_.draft();
  const std::size_t known = builder_.size();
  std::vector<bool> whole(known, false);  // to be read with all that is below
  std::vector<bool> list(known, false);   // to be read: the names of the children
  for (const std::string& path : paths) {
    NodeId node = kRootNode;
    bool found = true;
    for (std::string_view rest = joined_names(path); found && !rest.empty();) {
      const NodeId child = draft.child(node, take_name(rest));
      found = child != kNoNode;
      if (found) node = child;
    }
    (found ? whole : list)[node] = true;
  }
  std::vector<std::pair<NodeId, NodeChange>> before;
  std::vector<bool> left_out(known, false);  // gone before, or special
  for (NodeId node = kRootNode; node < known; ++node) {
    // A parent comes before its children.
    const NodeId parent = node == kRootNode ? kRootNode : draft.parent(node);
    left_out[node] =
        left_out[parent] || builder_.dropped(node) || draft.name(node).starts_with('@');
    if (left_out[node]) continue;
    whole[node] = whole[node] || whole[parent];
    if (whole[node]) {
      to_ask_.push_back({node, 0});
    } else if (list[node]) {
      to_ask_.push_back({node, kQuestions.size() - 1});
    }
    // A node whose children are asked for may be found to be gone.
    if (whole[node] || list[node] || list[parent]) {
      before.emplace_back(node, NodeChange{draft.path(node), facts(node), {}, {}});
    }
  }
  reading_again_ = true;
  run();
  drop_unlisted();
  std::vector<NodeChange> changes;
  for (auto& [node, change] : before) {
    change.after = facts(node);
    if (change.after != change.before) changes.push_back(std::move(change));
  }
  add_new_nodes(known, changes);
  return changes;
}

void LiveWalk::add_new_nodes(std::size_t known, std::vector<NodeChange>& changes) const {
  for (auto node = static_cast<NodeId>(known); node < builder_.size(); ++node) {
    if (NodeFacts now = facts(node); now.present) {
      changes.push_back({builder_.rows().path(node), {}, std::move(now), {}});
    }
  }
}

// The nodes of the paths, if they are all known and have no children: most changes are of values,
// and need not take time in the size of the store.
std::optional<std::set<NodeId>> LiveWalk::leaves(const std::vector<std::string>& paths) {
  std::set<NodeId> nodes;
  for (const std::string& path : paths) {
    const NodeId node = builder_.draft().find(path);
    if (node == kNoNode || node == kRootNode || path.starts_with("/@")) return std::nullopt;
    if (node < ever_had_children_.size() && ever_had_children_[node]) return std::nullopt;
    nodes.insert(node);
  }
  return nodes;
}

std::vector<NodeChange> LiveWalk::read_leaves(const std::set<NodeId>& leaves) {
  const Snapshot& draft = builder_.draft();
  const std::size_t known = builder_.size();
  std::vector<std::pair<NodeId, NodeChange>> before;
  for (const NodeId node : leaves) {
    before.emplace_back(node, NodeChange{draft.path(node), facts(node), {}, {}});
    to_ask_.push_back({node, 0});
  }
  reading_again_ = true;
  run();
  listed_again_.clear();  // they had no children that could be gone
  std::vector<NodeChange> changes;
  for (auto& [node, change] : before) {
    change.after = facts(node);
    if (change.after != change.before) changes.push_back(std::move(change));
  }
  add_new_nodes(known, changes);
  return changes;
}

NodeFacts LiveWalk::facts(NodeId node) const {
  return gone(node) ? NodeFacts() : facts_of(builder_.rows(), node);
}

Result<Snapshot> LiveWalk::copy() const {
  if (!root_listed_) return Error{"live store", "'/' cannot be listed: " + root_problem_, ""};
  SnapshotBuilder copied =
      SnapshotBuilder::of(builder_.rows(), [this](NodeId node) { return builder_.dropped(node); });
  return std::move(copied).finish(info_, UnknownReason::not_recorded);
}

void LiveWalk::ask_for_domains(Domains domains) {
  std::vector<Domid> mentioned = mentioned_domains(builder_.draft());
  if (domains == Domains::new_ones && mentioned == domains_) return;
  domains_ = std::move(mentioned);
  learn_introduced(reader_, domains_, info_);
}

void LiveWalk::ask_for_any_domid() {
  if (info_.daemon != Daemon::cxenstored) return;
  const Snapshot& rows = builder_.rows();
  bool needed = false;
  for (PermissionsId id = 0; id < rows.permission_lists() && !needed; ++id) {
    const Permissions& list = rows.permissions_of(id);
    needed = std::any_of(list.begin(), list.end(),
                         [](const PermissionEntry& entry) { return entry.domid == kAnyDomid; });
  }
  if (needed) info_.any_domid = reader_.any_domid();
}

Result<Snapshot> LiveWalk::finish() && {
  if (!root_listed_) return Error{"live store", "'/' cannot be listed: " + root_problem_, ""};
  return std::move(builder_).finish(std::move(info_), UnknownReason::not_recorded);
}

void LiveWalk::run() {
  while (true) {
    while (in_flight_ < reader_.window() && anything_to_ask()) ask_next();
    if (in_flight_ == 0) return;
    reader_.receive(reply_);
    --in_flight_;
    take();
  }
}

bool LiveWalk::anything_to_ask() const {
  return !to_ask_.empty() || next_special_ < kSpecialNodes.size();
}

void LiveWalk::ask_next() {
  if (next_special_ < kSpecialNodes.size()) {
    ask_special(kSpecialNodes[next_special_++]);
    return;
  }
  Unasked& next = to_ask_.back();
  const NodeId node = next.node;
  const Kind kind = kQuestions[next.question++];
  const bool dropped = builder_.dropped(node);
  if (dropped || next.question == kQuestions.size()) to_ask_.pop_back();
  if (!dropped) send(node, kind, builder_.rows().path(node));
}

// They have no value and no children. oxenstored lists them, so no such request is needed.
void LiveWalk::ask_special(std::string_view name) {
  if (builder_.draft().child(kRootNode, name) != kNoNode) return;
  const NodeId node = builder_.child(kRootNode, name);
  listed_in_.resize(builder_.size());
  builder_.set_value_unknown(node, UnknownReason::not_given);
  builder_.set_children(node, UnknownReason::known);
  send(node, Kind::permissions, std::string(name));
}

void LiveWalk::send(NodeId node, Kind kind, std::string path) {
  const std::uint64_t tag = (std::uint64_t{node} << 8) | static_cast<std::uint64_t>(kind);
  reader_.send({.kind = kind, .path = std::move(path), .tag = tag});
  ++in_flight_;
}

void LiveWalk::take() {
  if (reply_.outcome == Outcome::closed) stop("the connection was lost: " + reply_.problem);
  const auto node = static_cast<NodeId>(reply_.tag >> 8);
  const auto kind = static_cast<Kind>(reply_.tag & 0xff);
  if (builder_.dropped(node)) return;
  if (reply_.outcome != Outcome::ok) {
    bytes_ += reply_.discarded;
    take_failure(node, kind);
  } else if (kind == Kind::value) {
    bytes_ += reply_.value.size();
    builder_.set_value(node, reply_.value);
  } else if (kind == Kind::permissions) {
    bytes_ += reply_.permissions.size() * sizeof(PermissionEntry);
    builder_.set_permissions(node, reply_.permissions);
  } else {
    take_children(node);
  }
  if (bytes_ > limits_.bytes) {
    stop("the store has more than " + std::to_string(limits_.bytes) + " bytes");
  }
}

void LiveWalk::take_failure(NodeId node, Kind kind) {
  if (node == kRootNode && kind == Kind::children) root_problem_ = to_text(reply_);
  if (reply_.outcome == Outcome::vanished && node != kRootNode) {
    builder_.drop(node);
    return;
  }
  // C xenstored gives the permissions of special nodes from Xen 4.18 (xen.git d6bb63924f).
  if (reply_.outcome == Outcome::invalid && builder_.rows().name(node).starts_with('@')) {
    builder_.set_permissions_unknown(node, UnknownReason::not_given);
    return;
  }
  // stop() cut the list short.
  if (stopped_ && reply_.discarded > 0) {
    builder_.set_children(node, UnknownReason::not_recorded);
    return;
  }
  if (kind == Kind::value) builder_.set_value_unknown(node, UnknownReason::unreadable);
  if (kind == Kind::permissions) builder_.set_permissions_unknown(node, UnknownReason::unreadable);
  if (kind == Kind::children) builder_.set_children(node, UnknownReason::unreadable);
  if (reply_.outcome != Outcome::closed && !gone(node))
    gap(node, std::string(subject(kind)) + ": " + to_text(reply_));
}

void LiveWalk::take_children(NodeId node) {
  builder_.set_children(node, UnknownReason::known);
  ++listings_;
  if (reading_again_) listed_again_[node] = listings_;
  const std::string path = builder_.rows().path(node);
  const std::size_t before = to_ask_.size();
  bool lists_special = false;
  for (std::string_view rest = reply_.children; !rest.empty();) {
    const std::string_view name = take_child_name(rest);
    lists_special = lists_special || name == kReleaseDomain;
    add_child(node, path, name);
  }
  const bool first = node == kRootNode && !root_listed_;
  root_listed_ = root_listed_ || first;
  if (stopped_) return;
  // The last one is requested first.
  std::reverse(to_ask_.begin() + static_cast<std::ptrdiff_t>(before), to_ask_.end());
  if (!first) return;
  next_special_ = 0;
  info_.daemon = lists_special ? Daemon::oxenstored : Daemon::cxenstored;
}

// Only a valid name is sent: a path that ends in "/" has crashed C xenstored (XSA-481).
void LiveWalk::add_child(NodeId node, const std::string& path, std::string_view name) {
  if (stopped_) {
    builder_.set_children(node, UnknownReason::not_recorded);
    return;
  }
  const std::size_t length = (path == "/" ? 0 : path.size()) + 1 + name.size();
  if (!valid_name(name) || length > kMaxPathBytes) {
    gap(node, "a child cannot be asked for: '" + escape_shortened(name, 80) + "'");
    builder_.set_children(node, UnknownReason::unreadable);
    return;
  }
  const std::size_t size = builder_.size();
  NodeId child = builder_.draft().child(node, name);
  if (child == kNoNode) {
    if (size >= limits_.nodes) {
      builder_.set_children(node, UnknownReason::not_recorded);
      stop("the store has more than " + std::to_string(limits_.nodes) + " nodes");
      return;
    }
    child = builder_.child(node, name);
    ever_had_children_.resize(builder_.size());
    ever_had_children_[node] = true;
    listed_in_.push_back(0);
    bytes_ += name.size();
    to_ask_.push_back({child, 0});
  } else if (listed_in_[child] == listings_) {
    bytes_ += name.size();
    gap(node, "the child '" + std::string(name) + "' was listed twice");
  }
  listed_in_[child] = listings_;
}

// Nodes that the directories no longer list in the second reading are gone. The special nodes are
// listed by one of the daemons only, and never go.
void LiveWalk::drop_unlisted() {
  const Snapshot& rows = builder_.rows();
  for (NodeId node = 1; node < builder_.size() && !stopped_; ++node) {
    if (builder_.dropped(node) || rows.name(node).starts_with('@')) continue;
    const auto listing = listed_again_.find(rows.parent(node));
    if (listing != listed_again_.end() && listed_in_[node] != listing->second) builder_.drop(node);
  }
  listed_again_.clear();
}

bool LiveWalk::gone(NodeId node) const {
  while (node != kRootNode && !builder_.dropped(node)) node = builder_.rows().parent(node);
  return node != kRootNode;
}

void LiveWalk::gap(NodeId node, std::string what) {
  info_.add_gap(escape_shortened(builder_.rows().path(node)), std::move(what));
}

// Sends no further request and reads no list to its end; data that were not requested stay unknown.
void LiveWalk::stop(std::string why) {
  to_ask_.clear();
  next_special_ = kSpecialNodes.size();
  if (stopped_) return;
  stopped_ = true;
  reader_.set_longest_list(0);
  info_.coverage = Coverage::excerpt;
  if (root_problem_.empty()) root_problem_ = why;
  info_.add_gap("live store", std::move(why));
}

}  // namespace xsaudit
