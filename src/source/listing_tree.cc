#include "source/listing_tree.h"

#include <algorithm>
#include <utility>

#include "store/escape.h"
#include "store/path.h"

namespace xsaudit {

NodeId ListingTree::add(std::string_view path) {
  // Back to the deepest step of the way that is an ancestor of `path`.
  const auto differs =
      std::mismatch(last_path_.begin(), last_path_.end(), path.begin(), path.end()).first;
  const auto common = static_cast<std::size_t>(differs - last_path_.begin());
  const auto leads_there = [&](std::size_t end) {
    return end <= common && end < path.size() && path[end] == '/';
  };
  while (!leads_there(way_.back().path_end)) way_.pop_back();

  const bool parent_on_way = path.find('/', way_.back().path_end + 1) == std::string_view::npos;
  NodeId parent = way_.back().node;
  std::size_t start = way_.back().path_end + 1;
  for (std::size_t end; (end = path.find('/', start)) != std::string_view::npos; start = end + 1) {
    parent = builder_.child(parent, path.substr(start, end - start));
    way_.push_back({parent, end});
  }
  const std::size_t size_before = builder_.size();
  const NodeId node = builder_.child(parent, path.substr(start));
  way_.push_back({node, path.size()});
  last_path_.assign(path);
  hole_here_ = false;

  if (top_ == kNoNode) {
    top_ = parent;
    first_below_top_ = node;
  } else {
    rearranged_ = rearranged_ || !parent_on_way;
    if (parent == top_ && node != first_below_top_) several_below_top_ = true;
    note_order(parent, node, builder_.size() == size_before);
  }
  return node;
}

void ListingTree::note_order(NodeId parent, NodeId node, bool made_before) {
  const auto shown = [&](NodeId at) { return escape_shortened(builder_.draft().path(at)); };
  if (made_before && !builder_.described(node)) {
    excerpt_ = true;
    info_.add_gap(text_.place(), shown(node) + " comes after nodes that lie below it");
  } else if (lacks_parent(node)) {
    excerpt_ = true;
    if (!lineless_.insert(parent).second) return;
    info_.add_gap(text_.place(), shown(node) + " comes without its parent before it");
  }
}

void ListingTree::add_unplaced(std::string_view path) {
  excerpt_ = true;
  info_.add_gap(text_.place(), "where in the store this is cannot be told, so it is taken for " +
                                   std::string(path) + "; --at tells");
  const NodeId node = builder_.at(path);
  builder_.set_value_unknown(node, UnknownReason::not_covered);
  builder_.set_permissions_unknown(node, UnknownReason::not_covered);
}

void ListingTree::mark_hole() {
  has_holes_ = true;
  if (hole_here_) return;
  hole_here_ = true;
  for (const Step& step : way_) builder_.set_children(step.node, UnknownReason::not_recorded);
}

void ListingTree::leave_out_above(NodeId covered) {
  for (NodeId at = covered; at != kRootNode;) {
    at = builder_.draft().parent(at);
    builder_.set_children(at, UnknownReason::not_covered);
    if (builder_.described(at)) continue;
    builder_.set_value_unknown(at, UnknownReason::not_covered);
    builder_.set_permissions_unknown(at, UnknownReason::not_covered);
  }
}

void ListingTree::settle_coverage() {
  if (early_end_) mark_hole();
  excerpt_ = excerpt_ || top_ == kNoNode || (rearranged_ && has_holes_);
  const bool top_itself = !excerpt_ && several_below_top_;
  const NodeId covered = top_itself ? top_ : first_below_top_;
  if (!excerpt_) {
    info_.covered = builder_.draft().path(covered);
    leave_out_above(covered);
    if (top_itself && covered != kRootNode) {
      builder_.set_value_unknown(covered, UnknownReason::not_covered);
      builder_.set_permissions_unknown(covered, UnknownReason::not_covered);
    }
  }
  if (excerpt_ || has_holes_) {
    info_.coverage = Coverage::excerpt;
    info_.covered = "/";
  } else {
    info_.coverage = covered == kRootNode ? Coverage::whole : Coverage::subtree;
  }
}

Snapshot ListingTree::finish() && {
  settle_coverage();
  // The client lists what is below the node it is asked for, never "/" itself.
  builder_.set_value_unknown(kRootNode, UnknownReason::not_in_form);
  builder_.set_permissions_unknown(kRootNode, UnknownReason::not_in_form);
  const UnknownReason children = excerpt_ ? UnknownReason::not_recorded : UnknownReason::known;
  return std::move(builder_).finish(std::move(info_), children);
}

}  // namespace xsaudit
