#include "schema/path_trie.h"

#include <algorithm>
#include <tuple>

namespace xsaudit {
namespace {

// Whether the name consists of the prefix, a text that the variable accepts, and the suffix.
bool fits(std::string_view prefix, std::string_view suffix, VariableType type,
          std::string_view name) {
  if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
      !name.ends_with(suffix)) {
    return false;
  }
  if (type == VariableType::name) return true;
  Binding binding;
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  return bind(type, name, binding);
}

// Whether the characters of `text` can be part of a variable's text.
bool may_hold(VariableType type, std::string_view text) {
  if (type == VariableType::name || type == VariableType::device) return true;
  return std::all_of(text.begin(), text.end(), [type](char c) {
    if (c >= '0' && c <= '9') return true;
    return type == VariableType::uuid &&
           (c == '-' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
  });
}

}  // namespace

const PathTrie::Edge* PathTrie::literal(const Node& node, std::string_view name) {
  const auto end = node.edges.begin() + static_cast<std::ptrdiff_t>(node.literals);
  // Among a few, most differ in size from the name, which shows sooner than which comes first.
  constexpr std::size_t kFew = 16;
  if (node.literals <= kFew) {
    const auto same = std::find_if(node.edges.begin(), end,
                                   [&](const Edge& edge) { return edge.prefix == name; });
    return same == end ? nullptr : &*same;
  }
  const auto found =
      std::lower_bound(node.edges.begin(), end, name,
                       [](const Edge& edge, std::string_view text) { return edge.prefix < text; });
  return found != end && found->prefix == name ? &*found : nullptr;
}

bool PathTrie::fits(const Edge& edge, std::string_view name) {
  return xsaudit::fits(edge.prefix, edge.suffix, edge.type, name);
}

PathTrie::Label PathTrie::label_of(const Pattern& pattern, const Pattern::Segment& segment) {
  Label label{Rank::any, VariableType::name, segment.prefix, segment.suffix};
  if (segment.kind == Pattern::Segment::Kind::literal) label.rank = Rank::literal;
  if (segment.kind == Pattern::Segment::Kind::variable) {
    label.type = pattern.variables()[static_cast<std::size_t>(segment.variable)].type;
    label.rank = label.type == VariableType::name ? Rank::name : Rank::typed;
    if (!label.prefix.empty() || !label.suffix.empty()) label.rank = Rank::affix;
  }
  return label;
}

// The order of precedence of segments that are not literals; segments of equal precedence get a
// fixed order.
bool PathTrie::before(const Label& a, const Label& b) {
  const auto key = [](const Label& label) {
    const std::size_t fixed =
        label.rank == Rank::affix ? label.prefix.size() + label.suffix.size() : 0;
    return std::tuple(label.rank, SIZE_MAX - fixed, label.type == VariableType::name, label.prefix,
                      label.suffix, label.type);
  };
  return key(a) < key(b);
}

// The first of a node's edges that does not come before the label.
std::size_t PathTrie::place_of(const Node& node, const Label& label) {
  const auto begin = node.edges.begin();
  const auto others = begin + static_cast<std::ptrdiff_t>(node.literals);
  const auto place =
      label.rank == Rank::literal
          ? std::lower_bound(
                begin, others, label.prefix,
                [](const Edge& edge, std::string_view text) { return edge.prefix < text; })
          : std::lower_bound(
                others, node.edges.end(), label,
                [](const Edge& edge, const Label& than) { return before(edge.label(), than); });
  return static_cast<std::size_t>(place - begin);
}

bool PathTrie::unordered(const Edge& a, const Edge& b) {
  return a.rank == b.rank && a.rank != Rank::literal &&
         a.prefix.size() + a.suffix.size() == b.prefix.size() + b.suffix.size() &&
         (a.type == VariableType::name) == (b.type == VariableType::name);
}

// Whether some name matches both; true if that is not obvious.
bool PathTrie::overlap(const Edge& a, const Edge& b) {
  if (a.rank == Rank::literal || b.rank == Rank::literal) {
    const Edge& literal = a.rank == Rank::literal ? a : b;
    const Edge& other = a.rank == Rank::literal ? b : a;
    if (other.rank == Rank::literal) return literal.prefix == other.prefix;
    return fits(other, literal.prefix);
  }
  // The additional fixed text of one must be acceptable to the other's variable.
  const auto [short_prefix, long_prefix] = std::minmax(
      a, b, [](const Edge& x, const Edge& y) { return x.prefix.size() < y.prefix.size(); });
  const auto [short_suffix, long_suffix] = std::minmax(
      a, b, [](const Edge& x, const Edge& y) { return x.suffix.size() < y.suffix.size(); });
  const std::string_view front(long_prefix.prefix);
  const std::string_view back(long_suffix.suffix);
  if (!front.starts_with(short_prefix.prefix) || !back.ends_with(short_suffix.suffix) ||
      !may_hold(short_prefix.type, front.substr(short_prefix.prefix.size())) ||
      !may_hold(short_suffix.type, back.substr(0, back.size() - short_suffix.suffix.size()))) {
    return false;
  }
  const bool same_affixes = a.prefix == b.prefix && a.suffix == b.suffix;
  const bool both_typed = a.type != VariableType::name && b.type != VariableType::name;
  const bool any_device = a.type == VariableType::device || b.type == VariableType::device;
  const bool one_uuid = (a.type == VariableType::uuid) != (b.type == VariableType::uuid);
  return !(same_affixes && both_typed && one_uuid && !any_device);
}

bool PathTrie::add(const Pattern& pattern, Id id) {
  const Id there = find_or_add(pattern, id);
  if (there == id) return true;
  if (!same_) same_ = {there, id};
  return false;
}

PathTrie::Id PathTrie::find_or_add(const Pattern& pattern, Id id) {
  std::uint32_t at = 0;
  for (const Pattern::Segment& segment : pattern.segments()) {
    const Label label = label_of(pattern, segment);
    Node& node = nodes_[at];
    const std::size_t place = place_of(node, label);
    if (place < node.edges.size() && node.edges[place].label() == label) {
      at = node.edges[place].node;
      continue;
    }
    node.literals += label.rank == Rank::literal;
    at = static_cast<std::uint32_t>(nodes_.size());
    node.edges.insert(
        node.edges.begin() + static_cast<std::ptrdiff_t>(place),
        {label.rank, label.type, std::string(label.prefix), std::string(label.suffix), at});
    nodes_.emplace_back();  // last: it may move what `node` refers to
  }
  Id& end = pattern.deep() ? nodes_[at].deep : nodes_[at].here;
  if (end == kNone) end = id;
  return end;
}

std::uint32_t PathTrie::above(const Pattern& pattern) const {
  std::uint32_t at = 0;
  for (std::size_t i = 0; i + 1 < pattern.segments().size(); ++i) {
    const Label label = label_of(pattern, pattern.segments()[i]);
    at = nodes_[at].edges[place_of(nodes_[at], label)].node;
  }
  return at;
}

// Two patterns, one below each node, that both match some rest of a path.
std::optional<std::pair<PathTrie::Id, PathTrie::Id>> PathTrie::common_path(std::uint32_t a,
                                                                           std::uint32_t b) const {
  const auto some_pattern = [&](std::uint32_t at) {  // below a node; there always is one
    while (nodes_[at].here == kNone && nodes_[at].deep == kNone) at = nodes_[at].edges.front().node;
    return nodes_[at].here != kNone ? nodes_[at].here : nodes_[at].deep;
  };
  if (nodes_[a].deep != kNone) return std::pair(nodes_[a].deep, some_pattern(b));
  if (nodes_[b].deep != kNone) return std::pair(some_pattern(a), nodes_[b].deep);
  if (nodes_[a].here != kNone && nodes_[b].here != kNone) {
    return std::pair(nodes_[a].here, nodes_[b].here);
  }
  for (const Edge& left : nodes_[a].edges) {
    for (const Edge& right : nodes_[b].edges) {
      if (!overlap(left, right)) continue;
      if (auto both = common_path(left.node, right.node)) return both;
    }
  }
  return std::nullopt;
}

std::optional<std::pair<PathTrie::Id, PathTrie::Id>> PathTrie::collision() const {
  if (same_) return same_;
  for (const Node& node : nodes_) {
    for (std::size_t i = node.literals; i < node.edges.size(); ++i) {
      for (std::size_t j = i + 1; j < node.edges.size(); ++j) {
        const Edge& a = node.edges[i];
        const Edge& b = node.edges[j];
        if (!unordered(a, b) || !overlap(a, b)) continue;
        if (auto both = common_path(a.node, b.node)) return both;
      }
    }
  }
  return std::nullopt;
}

// Recurses by component of the patterns, not of the path: a path that goes on below them ends here.
PathTrie::Id PathTrie::match_below(std::uint32_t at, std::string_view rest,
                                   const Accept& accept) const {
  const Node& node = nodes_[at];
  if (rest.empty()) {
    if (node.here != kNone && accept(node.here)) return node.here;
  } else {
    const std::string_view name = rest.substr(1, rest.find('/', 1) - 1);
    const std::string_view below = rest.substr(1 + name.size());
    if (const Edge* const edge = literal(node, name)) {
      const Id found = match_below(edge->node, below, accept);
      if (found != kNone) return found;
    }
    for (std::size_t i = node.literals; i < node.edges.size(); ++i) {
      if (!fits(node.edges[i], name)) continue;
      const Id found = match_below(node.edges[i].node, below, accept);
      if (found != kNone) return found;
    }
  }
  return node.deep != kNone && accept(node.deep) ? node.deep : kNone;
}

std::optional<PathTrie::Id> PathTrie::match(std::string_view path, const Accept& accept) const {
  if (path.empty() || path.front() != '/') return std::nullopt;
  const Id found = match_below(0, path == "/" ? std::string_view() : path, accept);
  if (found == kNone) return std::nullopt;
  return found;
}

}  // namespace xsaudit
