// Goes through a store node by node, in its order, and through the patterns of the schema beside
// it: which entry governs each node, at the cost of that node's own name, however deep it lies. The
// schema and the snapshot must outlive it. Used by one thread.
//
//   for (SchemaWalk walk(schema, snapshot); walk.next();) … walk.node() …
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
  SchemaWalk(const Schema& schema, const Snapshot& snapshot);

  // To "/" first, then to each further node; false after the last.
  bool next();

  NodeId node() const { return line_.back(); }
  // The nodes from "/" down to this one.
  std::span<const NodeId> line() const { return line_; }

  // The number of the pattern that governs the node; nothing if none does.
  std::optional<PathTrie::Id> pattern() const;
  // The values of its variables: views into the snapshot. False if one that appears twice stands
  // for two texts, so that the pattern does not match after all.
  bool bind(const Pattern& pattern, std::vector<Binding>& bindings) const;

  // Patterns of nodes that must be right below this one, if it is governed by what is above them.
  template <typename Call>
  void for_each_required(const Call& call) const {
    for (const Position& position : level()) {
      if (position.through != PathTrie::kNone) continue;
      for (const PathTrie::Id id : schema_.required_below(position.at)) call(id);
    }
  }

 private:
  // A way to read the path so far: to a node of the trie, or through a ** that takes all below.
  struct Position {
    std::uint32_t at = 0;
    PathTrie::Id through = PathTrie::kNone;
  };
  const std::vector<Position>& level() const { return levels_[line_.size() - 1]; }
  void enter(std::string_view name);
  bool accepted(PathTrie::Id id) const;

  const Schema& schema_;
  const Snapshot& snapshot_;
  std::vector<NodeId> line_;
  // By depth: all ways to read the path, best first (path_trie.h says what is better).
  std::vector<std::vector<Position>> levels_;
  mutable std::vector<Binding> scratch_;
};

}  // namespace xsaudit
