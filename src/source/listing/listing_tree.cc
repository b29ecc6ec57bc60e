#include "source/listing/listing_tree.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/escape.h"
#include "store/path.h"

namespace xsaudit {

NodeId ListingTree::add(std::string_view path) {
  // Back to the deepest step of the way that is an ancestor of `path`.
  const auto leads_there = [&](std::size_t end) {
    return end < path.size() && path[end] == '/' &&
           std::memcmp(path.data(), last_path_.data(), end) == 0;
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
  const auto shown = [&](NodeId at) { return escape_shortened(builder_.rows().path(at)); };
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
  info_.add_gap(text_.place(),
                "the place of these lines in the store is unknown, so they are shown below " +
                    escape_shortened(path) + "; --root-path PATH names the node that was listed");
  const NodeId place = builder_.at(path);
  unplaced_.insert(place);
  builder_.set_unrecorded(place, UnknownReason::not_covered);
}

void ListingTree::mark_hole() {
  has_holes_ = true;
  if (hole_here_) return;
  hole_here_ = true;
  for (const Step& step : way_) builder_.set_children(step.node, UnknownReason::not_recorded);
}

void ListingTree::leave_out_above(NodeId covered) {
  for (NodeId at = covered; at != kRootNode;) {
    at = builder_.rows().parent(at);
    builder_.set_children(at, UnknownReason::not_covered);
    if (!builder_.described(at)) builder_.set_unrecorded(at, UnknownReason::not_covered);
  }
}

std::string ListingTree::missing_of_every_store() {
  for (const std::string& path : always_) {
    if (builder_.find(path) == kNoNode) return path;
  }
  for (const DumpOptions::Implied& implied : implied_) {
    if (implies(implied) && builder_.find(implied.path) == kNoNode) return implied.path;
  }
  return {};
}

bool ListingTree::implies(const DumpOptions::Implied& implied) {
  const Snapshot& rows = builder_.rows();
  const NodeId above = builder_.find(implied.above);
  if (above == kNoNode || above == kRootNode) return false;
  for (NodeId node = kRootNode + 1; node < builder_.size(); ++node) {
    const NodeId home = rows.parent(node);
    const bool in_home = home != kRootNode && rows.parent(home) == above;
    if (in_home && rows.name(node) == implied.name) return true;
  }
  return false;
}

void ListingTree::doubt_last_line(NodeId covered) {
  for (std::size_t i = way_.size(); i-- > 0 && way_[i].node != kRootNode;) {
    builder_.set_children(way_[i].node, UnknownReason::not_recorded);
    if (way_[i].node == covered) return;
  }
}

void ListingTree::settle_coverage() {
  if (early_end_) mark_hole();
  excerpt_ = excerpt_ || top_ == kNoNode || (rearranged_ && has_holes_);
  const bool top_itself = !excerpt_ && several_below_top_;
  const NodeId covered = top_itself ? top_ : first_below_top_;
  bool in_part = excerpt_ || has_holes_;
  bool lacks_some = false;
  if (!excerpt_) {
    info_.covered = builder_.rows().path(covered);
    leave_out_above(covered);
    if (top_itself && covered != kRootNode) {
      builder_.set_unrecorded(covered, UnknownReason::not_covered);
      if (!top_given_) builder_.set_children(covered, UnknownReason::not_recorded);
    }
  }
  if (covered == kRootNode && !in_part) {
    const std::string missing = missing_of_every_store();
    if (!missing.empty()) {
      in_part = lacks_some = true;
      info_.add_gap(escape_shortened(text_.name()),
                    "it has no " + missing + ", which every store has: this is a part of a store");
      std::string_view nearest = missing;
      while (builder_.find(nearest) == kNoNode) nearest = parent_path(nearest);
      for (NodeId at = builder_.find(nearest); at != kNoNode; at = builder_.rows().parent(at)) {
        builder_.set_children(at, UnknownReason::not_recorded);
      }
    }
  }
  if (!top_given_ && !excerpt_ && (lacks_some || covered != kRootNode)) doubt_last_line(covered);
  if (in_part) {
    info_.coverage = Coverage::excerpt;
    info_.covered = "/";
  } else {
    info_.coverage = covered == kRootNode ? Coverage::whole : Coverage::subtree;
  }
}

Snapshot ListingTree::finish() && {
  settle_coverage();
  // The client lists the descendants of the requested node, never "/" itself.
  builder_.set_value_unknown(kRootNode, UnknownReason::not_in_form);
  builder_.set_permissions_unknown(kRootNode, UnknownReason::not_in_form);
  const UnknownReason children = excerpt_ ? UnknownReason::not_recorded : UnknownReason::known;
  return std::move(builder_).finish(std::move(info_), children);
}

}  // namespace xsaudit
