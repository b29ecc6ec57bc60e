#include "rules/either_way.h"

#include <algorithm>
#include <utility>

#include "rules/judge_rules.h"
#include "rules/superseding.h"

namespace xsaudit {
namespace {

bool asks_for_liveness(const AllHits& all) {
  const auto by_liveness = [](const NotEvaluated& entry) { return entry.by_liveness; };
  return std::any_of(all.begin(), all.end(), [&](const RuleHits& own) {
    return std::any_of(own.not_evaluated.begin(), own.not_evaluated.end(), by_liveness);
  });
}

bool all_finished(const AllHits& all) {
  return std::all_of(all.begin(), all.end(), [](const RuleHits& own) { return own.finished; });
}

AllHits hits_assuming(const RuleSet& rules, const AuditContext& facts, const ShapeMatches& matches,
                      std::size_t threads, const JudgingClock::Limit& limit) {
  StoreIndex store_index(facts, limit);
  AllHits all = judge_rules(rules, facts, store_index, matches, {.threads = threads});
  mark_superseded(rules, all);
  return all;
}

// For each node the worst hit of those that are new at it or above it; null if there is none.
std::vector<const Hit*> worst_new_hits(const Snapshot& snapshot, const AllHits& if_dead,
                                       const AllHits& all) {
  std::vector<const Hit*> worst(snapshot.size(), nullptr);
  const auto take = [](const Hit*& place, const Hit* hit) {
    if (hit != nullptr && (place == nullptr || place->severity < hit->severity)) place = hit;
  };
  for (std::size_t rule = 0; rule < all.size(); ++rule) {
    for (const Hit& hit : if_dead[rule].hits) {
      if (all[rule].at(hit.node) == nullptr) take(worst[hit.node], &hit);
    }
  }
  for (NodeId node = kRootNode + 1; node < snapshot.size(); ++node) {
    const NodeId parent = snapshot.parent(node);
    if (parent != kRootNode) take(worst[node], worst[parent]);
  }
  return worst;
}

template <typename Row>
void insert_by_node(std::vector<Row>& rows, const Row& row) {
  const auto before = [](NodeId node, const Row& other) { return node < other.node; };
  rows.insert(std::upper_bound(rows.begin(), rows.end(), row.node, before), row);
}

void add(RuleHits& own, const RuleHits& assumed, Hit hit, const Hit& if_dead) {
  hit.severity = std::min(hit.severity, if_dead.severity);
  hit.confirmed = hit.confirmed && if_dead.confirmed;
  hit.either_way = true;
  insert_by_node(own.hits, hit);
  for (const Supersession& supersession : assumed.supersessions) {
    if (supersession.node == hit.node) insert_by_node(own.supersessions, supersession);
  }
}

}  // namespace

void add_hits_either_way(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                         const ShapeMatches& matches, std::size_t threads, AllHits& all) {
  if (!asks_for_liveness(all) || !all_finished(all)) return;
  using State = Liveness::State;
  const AllHits if_alive = hits_assuming(rules, facts.assuming(State::alive), matches, threads,
                                         store_index.clock().rest());
  const AllHits if_dead = hits_assuming(rules, facts.assuming(State::dead), matches, threads,
                                        store_index.clock().rest());
  const std::vector<const Hit*> worst = worst_new_hits(facts.snapshot, if_dead, all);
  for (std::size_t rule = 0; rule < all.size(); ++rule) {
    RuleHits added;
    for (const Hit& hit : if_alive[rule].hits) {
      const bool is_new = !hit.superseded && all[rule].at(hit.node) == nullptr;
      if (is_new && worst[hit.node] != nullptr) added.hits.push_back(hit);
    }
    for (const Hit& hit : added.hits) add(all[rule], if_alive[rule], hit, *worst[hit.node]);
  }
}

}  // namespace xsaudit
