#include "rules/name_order.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace xsaudit {
namespace {

// A node of a hit, or an ancestor of one. Each is a row after its parent's.
struct Row {
  NodeId node = kRootNode;
  std::uint32_t parent = 0;  // its row
  std::uint32_t nodes = 1;   // how many rows it and those below it are
};

std::vector<Row> rows_of(const Snapshot& snapshot, const std::vector<Hit>& hits) {
  std::vector<Row> rows = {Row()};
  std::vector<std::uint32_t> way = {0};  // the rows from "/" to the last one
  std::vector<NodeId> below;             // the rest of the way to a hit, from its end
  for (const Hit& hit : hits) {
    while (hit.node >= snapshot.subtree_end(rows[way.back()].node)) way.pop_back();
    for (NodeId at = hit.node; at != rows[way.back()].node; at = snapshot.parent(at)) {
      below.push_back(at);
    }
    for (; !below.empty(); below.pop_back()) {
      rows.push_back({.node = below.back(), .parent = way.back()});
      way.push_back(static_cast<std::uint32_t>(rows.size() - 1));
    }
  }
  for (std::size_t row = rows.size() - 1; row > 0; --row) {
    rows[rows[row].parent].nodes += rows[row].nodes;
  }
  return rows;
}

}  // namespace

NameOrder::NameOrder(const Snapshot& snapshot, const std::vector<Hit>& hits) {
  if (hits.empty()) return;
  const std::vector<Row> rows = rows_of(snapshot, hits);
  // The children of each row, and where they begin.
  std::vector<std::uint32_t> begins(rows.size() + 1);
  for (std::size_t row = 1; row < rows.size(); ++row) ++begins[rows[row].parent];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::uint32_t> children(rows.size() - 1);
  for (std::size_t row = rows.size() - 1; row > 0; --row) {
    children[--begins[rows[row].parent]] = static_cast<std::uint32_t>(row);
  }

  std::vector<std::uint32_t> places(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto first = children.begin() + static_cast<std::ptrdiff_t>(begins[row]);
    const auto end = children.begin() + static_cast<std::ptrdiff_t>(begins[row + 1]);
    std::sort(first, end, [&](std::uint32_t a, std::uint32_t b) {
      return snapshot.name(rows[a].node) < snapshot.name(rows[b].node);
    });
    std::uint32_t next = places[row] + 1;
    for (auto child = first; child != end; ++child) {
      places[*child] = next;
      next += rows[*child].nodes;
    }
  }

  first_ = hits.front().node;
  places_.resize(hits.back().node - first_ + 1);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].node >= first_) places_[rows[row].node - first_] = places[row];
  }
}

}  // namespace xsaudit
