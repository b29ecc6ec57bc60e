#include "rules/evaluation.h"

#include "rules/either_way.h"
#include "rules/rule_report.h"
#include "rules/rule_run.h"
#include "rules/secret_nodes.h"
#include "rules/superseding.h"

namespace xsaudit {

AllHits find_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                  const std::function<void(std::size_t)>& on_progress) {
  AllHits all(rules.rules().size());
  std::size_t done = 0;
  for (const std::size_t index : rules.order()) {
    const std::uint64_t steps = store_index.clock().steps();
    all[index] = RuleRun(rules.rules()[index], facts, store_index).find(all);
    all[index].steps = store_index.clock().steps() - steps;
    if (on_progress) on_progress(++done);
  }
  add_hits_either_way(rules, facts, store_index, all);
  return all;
}

Evaluation report_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                       const AllHits& all) {
  Evaluation evaluation;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t steps = store_index.clock().steps();
    RuleReport(rules, i, facts, store_index).report(all[i].hits, evaluation);
    evaluation.steps.push_back(all[i].steps + store_index.clock().steps() - steps);
    const auto& entries = all[i].not_evaluated;
    evaluation.not_evaluated.insert(evaluation.not_evaluated.end(), entries.begin(), entries.end());
  }
  return evaluation;
}

Evaluation evaluate(const RuleSet& rules, const AuditContext& given,
                    const std::function<void(std::size_t)>& on_progress,
                    const JudgingClock::Limit& limit) {
  AuditContext facts = given;
  StoreIndex store_index(facts, limit);
  facts.set_secrets(find_secrets(rules, facts, store_index));
  AllHits all = find_hits(rules, facts, store_index, on_progress);
  mark_superseded(rules, all);
  return report_hits(rules, facts, store_index, all);
}

}  // namespace xsaudit
