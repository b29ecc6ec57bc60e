// Builds a tree of the nodes of a listing, in the order of its lines, and determines the part of
// the store that the listing covers. Used by one thread, for one listing.
//
// A client prints a node, then all below it, and never the node it was asked to list. So a whole
// listing starts below "/", and each line's parent is on the way to the line before. From that:
//
//   - Every line has its parent's line before it, but for those directly below one node, the top:
//     the listing covers what is below the nodes that these lines name. Whether the top has other
//     children shows only where the top was given; if the top is "/", the listing is whole if it
//     has all nodes that every store has, and otherwise an excerpt.
//   - There is only one such line: it may have been picked out of a longer listing together with
//     what is below it, so only what is below that node is covered.
//   - Some line's parent has no line: an excerpt. What it does not show may exist all the same.
//   - Something is missing at a known place (an unreadable line, a cut end): nodes on the way there
//     may have more children than are shown; the rest stays as above.
//
// Lines taken out without such a trace (all nodes called "state", say) cannot be noticed.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "source/listing/listing_text.h"
#include "source/recording/dump_reader.h"
#include "store/snapshot_builder.h"

namespace xsaudit {

class ListingTree {
 public:
  // The text gives the places of gaps, and must outlive this.
  ListingTree(const ListingText& text, const DumpOptions& options)
      : text_(text),
        always_(options.always),
        implied_(options.implied),
        top_given_(!options.at.empty()) {}

  // The node that the present line names. `path` is valid and not "/".
  NodeId add(std::string_view path);

  // The present line, and those after it, lie below this node, which stands for an unknown place.
  void add_unplaced(std::string_view path);

  // The present line could not be parsed, or lines may be missing here.
  void mark_hole();
  // No node is known to be absent, whatever the order of the lines.
  void mark_excerpt() { excerpt_ = true; }
  // The listing may have ended before the store did.
  void mark_early_end() { early_end_ = true; }

  // Whether the line of the node last added should have come after its parent's, and did not.
  bool lacks_parent(NodeId node) const {
    const NodeId parent = builder_.rows().parent(node);
    return parent != top_ && !builder_.described(parent) && unplaced_.count(parent) == 0;
  }

  SnapshotBuilder& builder() { return builder_; }
  SnapshotInfo& info() { return info_; }

  // Ends the tree; its info().coverage and covered are set here.
  Snapshot finish() &&;

 private:
  struct Step {
    NodeId node;
    std::size_t path_end;  // of the node's path within last_path_
  };
  void note_order(NodeId parent, NodeId node, bool made_before);
  void settle_coverage();
  void leave_out_above(NodeId covered);
  // A part of a listing may end after any line, so the nodes on the way to the last one, up to
  // `covered`, may have more children.
  void doubt_last_line(NodeId covered);
  bool implies(const DumpOptions::Implied& implied);
  // The first path that every store has and that this one lacks; empty if none.
  std::string missing_of_every_store();

  const ListingText& text_;
  const std::vector<std::string> always_;
  const std::vector<DumpOptions::Implied> implied_;
  const bool top_given_;  // the caller named the listed node
  SnapshotBuilder builder_;
  SnapshotInfo info_;
  std::string last_path_;
  std::vector<Step> way_ = {{kRootNode, 0}};  // from "/" to the node of the last line
  NodeId top_ = kNoNode;                      // the parent of the first line
  NodeId first_below_top_ = kNoNode;
  bool several_below_top_ = false;
  std::unordered_set<NodeId> lineless_;  // parents that were missed
  std::unordered_set<NodeId> unplaced_;  // nodes that stand for unknown places
  bool excerpt_ = false;
  bool rearranged_ = false;  // some parent came before its children, but not on the way
  bool has_holes_ = false;
  bool hole_here_ = false;  // the nodes on the way are marked already
  bool early_end_ = false;
};

}  // namespace xsaudit
