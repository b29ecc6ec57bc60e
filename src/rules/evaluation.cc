#include "rules/evaluation.h"

#include <iterator>

#include "base/parallel_for.h"
#include "rules/either_way.h"
#include "rules/judge_rules.h"
#include "rules/rule_report.h"
#include "rules/secret_nodes.h"
#include "rules/superseding.h"
#include "rules/thread_indexes.h"

namespace xsaudit {

AllHits find_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                  const JudgingWork& work) {
  const ShapeMatches matches(rules.patterns(), facts.snapshot);
  AllHits all = judge_rules(rules, facts, store_index, matches, work);
  add_hits_either_way(rules, facts, store_index, matches, work.threads, all);
  return all;
}

Evaluation report_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                       const AllHits& all, std::size_t threads) {
  std::vector<Evaluation> of_rule(all.size());
  const std::vector<std::size_t> order =
      largest_first(all.size(), [&](std::size_t rule) { return all[rule].hits.size(); });
  ThreadIndexes indexes(store_index);
  // Reads are recorded by one thread only (store/value_reads.h).
  const bool alone = facts.snapshot.reads() != nullptr;
  parallel_for(all.size(), alone ? 1 : threads, [&](std::size_t turn) {
    const std::size_t i = order[turn];
    StoreIndex& index = indexes.take();
    const std::uint64_t steps = index.clock().steps();
    RuleReport(rules, i, facts, index).report(all[i].hits, of_rule[i]);
    of_rule[i].steps.push_back(all[i].steps + index.clock().steps() - steps);
    indexes.give_back(index);
  });
  Evaluation evaluation;
  std::size_t violations = 0;
  for (const Evaluation& one : of_rule) violations += one.violations.size();
  evaluation.violations.reserve(violations);
  const auto append = [](auto& to, auto& more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    append(evaluation.violations, of_rule[i].violations);
    append(evaluation.steps, of_rule[i].steps);
    const auto& entries = all[i].not_evaluated;
    evaluation.not_evaluated.insert(evaluation.not_evaluated.end(), entries.begin(), entries.end());
  }
  return evaluation;
}

Evaluation evaluate(const RuleSet& rules, const AuditContext& given, const JudgingWork& work,
                    const JudgingClock::Limit& limit) {
  AuditContext facts = given;
  StoreIndex store_index(facts, limit);
  facts.set_secrets(find_secrets(rules, facts, store_index));
  AllHits all = find_hits(rules, facts, store_index, work);
  mark_superseded(rules, all);
  return report_hits(rules, facts, store_index, all, work.threads);
}

}  // namespace xsaudit
