// Finds the pattern that governs a path. Built by one thread, then immutable; any thread may use
// it. Patterns are identified by the numbers under which they were added.
//
// If several patterns match, they are compared component by component from the left. The first
// component that differs, except in names of variables, decides:
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

  // False, without adding the pattern, if one that differs at most in names of variables exists:
  // collision() returns the two.
  bool add(const Pattern& pattern, Id id);
  // The number of the pattern that differs in names of variables at most; `id`, if it is new.
  Id find_or_add(const Pattern& pattern, Id id);

  // Two patterns without order, if there are any.
  std::optional<std::pair<Id, Id>> collision() const;

  // The pattern that governs `path`; nothing if none does. The trie does not compare the texts of a
  // variable that appears twice: `accept` is called with each candidate, best first, and the first
  // that it accepts is the result.
  using Accept = std::function<bool(Id)>;
  std::optional<Id> match(std::string_view path, const Accept& accept) const;

  // For schema_walk.h and rules/rule_patterns.h, which walk the trie themselves, from node 0.
  static constexpr Id kNone = UINT32_MAX;
  Id here(std::uint32_t node) const { return nodes_[node].here; }  // of a pattern that ends there
  bool has_edges(std::uint32_t node) const { return !nodes_[node].edges.empty(); }
  Id deep(std::uint32_t node) const { return nodes_[node].deep; }  // of one that goes on with **
  template <typename Call>
  void for_each_edge(std::uint32_t node, std::string_view name, const Call& call) const {
    const std::vector<Edge>& edges = nodes_[node].edges;
    if (const Edge* const edge = literal(nodes_[node], name)) call(edge->node);
    for (std::size_t i = nodes_[node].literals; i < edges.size(); ++i) {
      if (fits(edges[i], name)) call(edges[i].node);
    }
  }
  // The node that all components of a pattern except the last lead to.
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
