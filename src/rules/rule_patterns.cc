#include "rules/rule_patterns.h"

#include <algorithm>

namespace xsaudit {

RulePatterns::RulePatterns(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    std::vector<Shape>& own = shapes_.emplace_back();
    for (const NamedPatterns::Alternative& alternative : rule.program->match.alternatives) {
      const auto next = static_cast<Shape>(count_);
      own.push_back(trie_.find_or_add(alternative.pattern, next));
      if (own.back() == next) ++count_;
    }
  }
}

ShapeMatches::ShapeMatches(const RulePatterns& patterns, const Snapshot& snapshot)
    : nodes_(patterns.shapes()) {
  for (NodeId node = 0; node < snapshot.size() && complete_; ++node) {
    complete_ = snapshot.children_unknown(node) == UnknownReason::known;
  }
  if (complete_) walk(patterns, snapshot);
}

void ShapeMatches::walk(const RulePatterns& patterns, const Snapshot& snapshot) {
  const PathTrie& trie = patterns.trie();
  const auto take = [&](PathTrie::Id shape, NodeId node) {
    if (shape != PathTrie::kNone) nodes_[shape].push_back(node);
  };
  std::vector<NodeId> line;                           // from "/" to the node
  std::vector<std::vector<std::uint32_t>> positions;  // by level: nodes of the trie
  for (NodeId node = kRootNode; node < snapshot.size();) {
    while (!line.empty() && line.back() != snapshot.parent(node)) line.pop_back();
    line.push_back(node);
    if (positions.size() < line.size()) positions.emplace_back();
    std::vector<std::uint32_t>& here = positions[line.size() - 1];
    here.clear();
    if (node == kRootNode) {
      here.push_back(0);
    } else {
      for (const std::uint32_t above : positions[line.size() - 2]) {
        trie.for_each_edge(above, snapshot.name(node),
                           [&](std::uint32_t at) { here.push_back(at); });
      }
    }
    bool goes_on = false;
    for (const std::uint32_t at : here) {
      take(trie.here(at), node);
      take(trie.deep(at), node);
      goes_on = goes_on || trie.has_edges(at);
    }
    node = goes_on ? node + 1 : snapshot.subtree_end(node);
  }
}

}  // namespace xsaudit
