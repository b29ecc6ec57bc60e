// Walks a store in its order together with the patterns of the schema, and finds the governing
// entry of each node at the cost of the node's own name, at any depth. The schema and the snapshot
// must outlive it. Used by one thread.
//
//   for (SchemaWalk walk(schema, snapshot); walk.next();) … walk.node() …
//
// It may begin at any node.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

class SchemaWalk {
 public:
  SchemaWalk(const Schema& schema, const Snapshot& snapshot, NodeId first = kRootNode);

  // Moves to the first node first, then to each further node; false after the last.
  bool next();

  NodeId node() const { return line_.back(); }
  // The nodes from "/" down to this one.
  std::span<const NodeId> line() const { return line_; }

  // The number of the pattern that governs the node; nothing if none does.
  std::optional<PathTrie::Id> pattern() const;
  // The values of its variables: views into the snapshot. False if a variable that appears twice
  // has two different texts, so that the pattern does not match.
  bool bind(const Pattern& pattern, std::vector<Binding>& bindings) const;

  // Patterns of required children of this node, if the nodes above govern it.
  template <typename Call>
  void for_each_required(const Call& call) const {
    for (const Position& position : level()) {
      if (position.through != PathTrie::kNone) continue;
      for (const PathTrie::Id id : schema_.required_below(position.at)) call(id);
    }
  }

 private:
  // A match of the path so far: a node of the trie, or a ** that matches everything below.
  struct Position {
    std::uint32_t at = 0;
    PathTrie::Id through = PathTrie::kNone;
  };
  const std::vector<Position>& level() const { return levels_[line_.size() - 1]; }
  void move_to(NodeId node);  // whose parent is on the line
  void enter(std::string_view name);
  bool accepted(PathTrie::Id id) const;

  const Schema& schema_;
  const Snapshot& snapshot_;
  NodeId next_;
  std::vector<NodeId> line_;
  // By depth: all matches of the path, best first (path_trie.h defines the order).
  std::vector<std::vector<Position>> levels_;
  mutable std::vector<Binding> scratch_;
};

}  // namespace xsaudit
