#include "rules/evaluation.h"

#include <algorithm>
#include <optional>

#include "rules/rule_program.h"
#include "rules/rule_run.h"

namespace xsaudit {
namespace {

std::vector<bool> yielded_to(const RuleSet& rules) {
  std::vector<bool> wanted(rules.rules().size());
  for (const Rule& rule : rules.rules()) {
    for (const RuleProgram::Graver& graver : rule.program->yields_to) wanted[graver.rule] = true;
  }
  return wanted;
}

}  // namespace

Evaluation evaluate(const RuleSet& rules, const Facts& facts,
                    const std::function<void(std::size_t)>& told,
                    const JudgingClock::Limit& limit) {
  const std::vector<bool> wanted = yielded_to(rules);
  std::vector<Evaluation> by_rule(rules.rules().size());
  FiredNodes fired(rules.rules().size());
  Columns columns(facts, limit);
  Evaluation all;
  all.finished.resize(by_rule.size());
  all.steps.resize(by_rule.size());
  std::size_t done = 0;
  for (const std::size_t index : rules.order()) {
    const std::uint64_t steps = columns.clock().steps();
    RuleRun run(rules.rules()[index], facts, columns);
    all.finished[index] = run.find();
    if (wanted[index]) fired[index] = run.fired();
    run.report(fired, by_rule[index]);
    all.steps[index] = columns.clock().steps() - steps;
    if (told) told(++done);
  }
  for (Evaluation& one : by_rule) {
    std::move(one.violations.begin(), one.violations.end(), std::back_inserter(all.violations));
    std::move(one.not_evaluated.begin(), one.not_evaluated.end(),
              std::back_inserter(all.not_evaluated));
  }
  return all;
}

}  // namespace xsaudit
