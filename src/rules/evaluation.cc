#include "rules/evaluation.h"

#include "rules/either_way.h"
#include "rules/judge_rules.h"
#include "rules/rule_report.h"
#include "rules/secret_nodes.h"
#include "rules/superseding.h"

namespace xsaudit {

AllHits find_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                  const JudgingWork& work) {
  const ShapeMatches matches(rules.patterns(), facts.snapshot);
  AllHits all = judge_rules(rules, facts, store_index, matches, work);
  add_hits_either_way(rules, facts, store_index, matches, work.threads, all);
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

Evaluation evaluate(const RuleSet& rules, const AuditContext& given, const JudgingWork& work,
                    const JudgingClock::Limit& limit) {
  AuditContext facts = given;
  StoreIndex store_index(facts, limit);
  facts.set_secrets(find_secrets(rules, facts, store_index));
  AllHits all = find_hits(rules, facts, store_index, work);
  mark_superseded(rules, all);
  return report_hits(rules, facts, store_index, all);
}

}  // namespace xsaudit
