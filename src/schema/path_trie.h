// Many patterns at once: which of them governs a path? Made by one thread, then immutable; any
// thread may ask. It knows patterns by the numbers they were added under.
//
// Where several patterns match, they are compared component by component from the left, and the
// first component in which they differ, but for names of variables, decides:
//   1. a literal
//   2. a variable with a prefix or suffix: that with more fixed characters; then typed before name
//   3. a typed variable (number, domid, uuid, device)
//   4. a variable of type name
//   5. *
//   6. the end of a pattern before ** that stands for nothing more, then **
// So "/a/$X" governs "/a/b" before "/$X/b" does, and "/a/**" before both. A pattern that does not
// match in the end is left again for the next best. Two patterns that this leaves in no order
// although some path matches both are a collision.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/pattern.h"

namespace xsaudit {

class PathTrie {
 public:
  using Id = std::uint32_t;

  // False, and nothing is added, if a pattern that differs in names of variables at most is there:
  // collision() gives the two.
  bool add(const Pattern& pattern, Id id);

  // Two patterns without order, if there are any.
  std::optional<std::pair<Id, Id>> collision() const;

  // The pattern that governs `path`; nothing if none does. Of a pattern in which a variable appears
  // twice it is not known here whether both have the same text: `accept` is asked of each
  // candidate, best first, and the first it says true to is it.
  using Accept = std::function<bool(Id)>;
  std::optional<Id> match(std::string_view path, const Accept& accept) const;

  // For schema_walk.h, which goes through the trie on its own, from node 0.
  static constexpr Id kNone = UINT32_MAX;
  Id here(std::uint32_t node) const { return nodes_[node].here; }  // of a pattern that ends there
  Id deep(std::uint32_t node) const { return nodes_[node].deep; }  // of one that goes on with **
  template <typename Call>
  void for_each_edge(std::uint32_t node, std::string_view name, const Call& call) const {
    const std::vector<Edge>& edges = nodes_[node].edges;
    if (const Edge* const edge = literal(nodes_[node], name)) call(edge->node);
    for (std::size_t i = nodes_[node].literals; i < edges.size(); ++i) {
      if (fits(edges[i], name)) call(edges[i].node);
    }
  }
  // The node that the components of a pattern but its last one lead to.
  std::uint32_t above(const Pattern& pattern) const;

 private:
  enum class Rank : std::uint8_t { literal, affix, typed, name, any };
  // The names that a segment of a pattern accepts, regardless of the name of its variable. Views
  // into the pattern, or into the edge that was made of it.
  struct Label {
    Rank rank;
    VariableType type = VariableType::name;
    std::string_view prefix;  // the whole of a literal
    std::string_view suffix;
    bool operator==(const Label&) const = default;
  };
  struct Edge {
    Rank rank;
    VariableType type = VariableType::name;
    std::string prefix;
    std::string suffix;
    std::uint32_t node = 0;  // where it leads
    Label label() const { return {rank, type, prefix, suffix}; }
  };
  struct Node {
    std::vector<Edge> edges;   // best first; literals among themselves by text
    std::size_t literals = 0;  // how many of the edges are
    Id here = kNone;
    Id deep = kNone;  // of a pattern that ends in ** here
  };

  static const Edge* literal(const Node& node, std::string_view name);
  static bool fits(const Edge& edge, std::string_view name);
  static Label label_of(const Pattern& pattern, const Pattern::Segment& segment);
  static bool before(const Label& a, const Label& b);
  static std::size_t place_of(const Node& node, const Label& label);
  static bool unordered(const Edge& a, const Edge& b);
  static bool overlap(const Edge& a, const Edge& b);
  std::optional<std::pair<Id, Id>> common_path(std::uint32_t a, std::uint32_t b) const;
  Id match_below(std::uint32_t node, std::string_view rest, const Accept& accept) const;

  std::vector<Node> nodes_ = {Node()};
  std::optional<std::pair<Id, Id>> same_;  // what add() refused first
};

}  // namespace xsaudit
