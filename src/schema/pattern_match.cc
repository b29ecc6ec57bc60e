// Matching a pattern against one path, and against all nodes of a snapshot.
#include "schema/pattern.h"

namespace xsaudit {
namespace {

using Kind = Pattern::Segment::Kind;

// The part of `name` between a prefix and a suffix, for a variable; empty if they do not match.
std::string_view inner(const Pattern::Segment& segment, std::string_view name) {
  const std::size_t around = segment.prefix.size() + segment.suffix.size();
  if (name.size() <= around) return {};
  if (around == 0) return name;
  if (!name.starts_with(segment.prefix) || !name.ends_with(segment.suffix)) return {};
  return name.substr(segment.prefix.size(), name.size() - around);
}

class Walk {
 public:
  Walk(const Pattern& pattern, const Snapshot& snapshot, const std::vector<Binding>& fixed,
       const Pattern::Found& found, const Pattern::Gap& gap)
      : pattern_(pattern), snapshot_(snapshot), found_(found), gap_(gap), bindings_(fixed) {
    bindings_.resize(pattern.variables().size());
    for (const Pattern::Segment& segment : pattern.segments()) {
      names_.push_back(segment.kind == Kind::literal ? snapshot.names().find(segment.prefix)
                                                     : kNoString);
    }
  }

  // False once `found` returned false. Recurses by component of the pattern, not by depth of the
  // store.
  bool below(NodeId node, std::size_t level) {
    if (level == pattern_.segments().size()) return here(node);
    const Pattern::Segment& segment = pattern_.segments()[level];
    if (segment.kind == Kind::literal) {
      return step(node, snapshot_.child(node, names_[level]), level);
    }
    if (segment.kind == Kind::any) {
      for (NodeId child = snapshot_.first_child(node); child != kNoNode;
           child = snapshot_.next_sibling(child)) {
        if (!below(child, level + 1)) return false;
      }
      note_gap(node);
      return true;
    }
    const auto index = static_cast<std::size_t>(segment.variable);
    if (bindings_[index].bound) {
      if (segment.prefix.empty() && segment.suffix.empty()) {
        return step(node, snapshot_.child(node, bindings_[index].text), level);
      }
      std::string name = segment.prefix;
      name += bindings_[index].text;
      name += segment.suffix;
      return step(node, snapshot_.child(node, name), level);
    }
    const VariableType type = pattern_.variables()[index].type;
    for (NodeId child = snapshot_.first_child(node); child != kNoNode;
         child = snapshot_.next_sibling(child)) {
      if (bind(type, inner(segment, snapshot_.name(child)), bindings_[index]) &&
          !below(child, level + 1)) {
        return false;
      }
    }
    bindings_[index] = {};
    note_gap(node);
    return true;
  }

 private:
  bool step(NodeId node, NodeId child, std::size_t level) {
    if (child != kNoNode) return below(child, level + 1);
    note_gap(node);
    return true;
  }
  bool here(NodeId node) {
    if (!pattern_.deep()) return found_(node, bindings_);
    for (const NodeId end = snapshot_.subtree_end(node); node < end; ++node) {
      if (!found_(node, bindings_)) return false;
      note_gap(node);
    }
    return true;
  }
  void note_gap(NodeId node) {
    if (gap_ && snapshot_.children_unknown(node) != UnknownReason::known) gap_(node, bindings_);
  }

  const Pattern& pattern_;
  const Snapshot& snapshot_;
  const Pattern::Found& found_;
  const Pattern::Gap& gap_;
  std::vector<Binding> bindings_;
  std::vector<StringId> names_;  // of literals, by level
};

}  // namespace

bool Pattern::bind_at(const Snapshot& snapshot, NodeId node, std::vector<Binding>& bindings) const {
  bindings.assign(variables_.size(), {});
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    const std::string_view name = snapshot.name(node);
    node = snapshot.parent(node);
    if (segment->kind != Kind::variable) continue;
    const auto index = static_cast<std::size_t>(segment->variable);
    const std::string_view text = inner(*segment, name);
    if (bindings[index].bound) {
      if (bindings[index].text != text) return false;
    } else if (!bind(variables_[index].type, text, bindings[index])) {
      return false;
    }
  }
  return true;
}

bool Pattern::matches_at(const Snapshot& snapshot, NodeId node,
                         std::vector<Binding>& bindings) const {
  NodeId at = node;
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    if (segment->kind == Kind::literal && snapshot.name(at) != segment->prefix) return false;
    at = snapshot.parent(at);
  }
  return bind_at(snapshot, node, bindings);
}

bool Pattern::matches(std::string_view path, std::vector<Binding>& bindings) const {
  bindings.assign(variables_.size(), {});
  if (path.empty() || path.front() != '/') return false;
  if (path == "/") path = {};
  for (const Segment& segment : segments_) {
    if (path.empty()) return false;
    path.remove_prefix(1);
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size());
    if (segment.kind == Kind::literal) {
      if (name != segment.prefix) return false;
    } else if (segment.kind == Kind::variable) {
      const auto index = static_cast<std::size_t>(segment.variable);
      const std::string_view part = inner(segment, name);
      if (bindings[index].bound) {
        if (bindings[index].text != part) return false;
      } else if (!bind(variables_[index].type, part, bindings[index])) {
        return false;
      }
    } else if (name.empty()) {
      return false;
    }
  }
  return deep_ || path.empty();
}

void Pattern::for_each(const Snapshot& snapshot, const std::vector<Binding>& fixed,
                       const Found& found, const Gap& gap) const {
  Walk(*this, snapshot, fixed, found, gap).below(kRootNode, 0);
}

}  // namespace xsaudit
