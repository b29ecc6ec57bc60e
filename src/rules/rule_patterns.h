// The patterns of all rules of a set in one trie, and where in a store they match: found for all of
// them in one walk, which leaves a subtree as soon as no pattern goes on below it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/rule.h"
#include "schema/path_trie.h"
#include "store/snapshot.h"

namespace xsaudit {

// Patterns that differ in names of variables at most are one shape. Made by one thread with its
// rule set, then immutable; any thread. Copies nothing of the rules.
class RulePatterns {
 public:
  using Shape = PathTrie::Id;

  RulePatterns() = default;
  explicit RulePatterns(const std::vector<Rule>& rules);

  // Of one of the patterns that a rule matches (NamedPatterns::alternatives).
  Shape shape(std::size_t rule, std::size_t alternative) const {
    return shapes_[rule][alternative];
  }
  std::size_t shapes() const { return count_; }
  const PathTrie& trie() const { return trie_; }

 private:
  PathTrie trie_;
  std::vector<std::vector<Shape>> shapes_;
  std::size_t count_ = 0;
};

// The nodes of one store by the shape that they match: each node a few times at most, however many
// rules share a shape. Immutable once made; any thread.
class ShapeMatches {
 public:
  ShapeMatches(const RulePatterns& patterns, const Snapshot& snapshot);

  // In the order of the snapshot. Of a pattern with ** the tops of the subtrees. Where a variable
  // appears twice in a pattern, its texts may still differ.
  std::span<const NodeId> nodes(RulePatterns::Shape shape) const { return nodes_[shape]; }

  // Whether the snapshot has all children of each of its nodes. If not, each pattern has gaps of
  // its own, which only a walk for it alone can name (Pattern::for_each).
  bool complete() const { return complete_; }

 private:
  void walk(const RulePatterns& patterns, const Snapshot& snapshot);

  bool complete_ = true;
  std::vector<std::vector<NodeId>> nodes_;
};

}  // namespace xsaudit
