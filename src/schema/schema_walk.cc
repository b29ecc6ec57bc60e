#include "schema/schema_walk.h"

namespace xsaudit {

SchemaWalk::SchemaWalk(const Schema& schema, const Snapshot& snapshot, NodeId first)
    : schema_(schema), snapshot_(snapshot), next_(first) {
  std::vector<NodeId> above;
  for (NodeId at = snapshot.parent(first); at != kNoNode; at = snapshot.parent(at)) {
    above.push_back(at);
  }
  for (; !above.empty(); above.pop_back()) move_to(above.back());
}

bool SchemaWalk::next() {
  if (next_ >= snapshot_.size()) return false;
  move_to(next_++);
  return true;
}

void SchemaWalk::move_to(NodeId node) {
  while (!line_.empty() && line_.back() != snapshot_.parent(node)) line_.pop_back();
  line_.push_back(node);
  if (levels_.size() < line_.size()) levels_.emplace_back();
  if (node == kRootNode) {
    levels_.front().assign(1, Position());
  } else {
    enter(snapshot_.name(node));
  }
}

void SchemaWalk::enter(std::string_view name) {
  const std::vector<Position>& above = levels_[line_.size() - 2];
  std::vector<Position>& here = levels_[line_.size() - 1];
  here.clear();
  for (const Position& position : above) {
    if (position.through != PathTrie::kNone) {
      here.push_back(position);
      continue;
    }
    const PathTrie& trie = schema_.trie();
    trie.for_each_edge(position.at, name, [&](std::uint32_t at) { here.push_back({at}); });
    if (trie.deep(position.at) != PathTrie::kNone) here.push_back({0, trie.deep(position.at)});
  }
}

std::optional<PathTrie::Id> SchemaWalk::pattern() const {
  const PathTrie& trie = schema_.trie();
  for (const Position& position : level()) {
    if (position.through != PathTrie::kNone) {
      if (accepted(position.through)) return position.through;
      continue;
    }
    for (const PathTrie::Id id : {trie.here(position.at), trie.deep(position.at)}) {
      if (id != PathTrie::kNone && accepted(id)) return id;
    }
  }
  return std::nullopt;
}

bool SchemaWalk::accepted(PathTrie::Id id) const {
  return !schema_.repeats_variable(id) || bind(*schema_.numbered(id).pattern, scratch_);
}

bool SchemaWalk::bind(const Pattern& pattern, std::vector<Binding>& bindings) const {
  bindings.assign(pattern.variables().size(), {});
  for (std::size_t i = 0; i < pattern.segments().size(); ++i) {
    const Pattern::Segment& segment = pattern.segments()[i];
    if (segment.kind != Pattern::Segment::Kind::variable) continue;
    std::string_view text = snapshot_.name(line_[i + 1]);
    text.remove_prefix(segment.prefix.size());
    text.remove_suffix(segment.suffix.size());
    const auto index = static_cast<std::size_t>(segment.variable);
    Binding& binding = bindings[index];
    if (binding.bound) {
      if (binding.text != text) return false;
      continue;
    }
    xsaudit::bind(pattern.variables()[index].type, text, binding);
  }
  return true;
}

}  // namespace xsaudit
