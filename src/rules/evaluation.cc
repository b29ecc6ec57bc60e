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
                    const std::function<void(std::size_t)>& told) {
  const std::vector<bool> wanted = yielded_to(rules);
  std::vector<Evaluation> by_rule(rules.rules().size());
  FiredNodes fired(rules.rules().size());
  Columns columns(facts);
  std::size_t done = 0;
  for (const std::size_t index : rules.order()) {
    RuleRun run(rules.rules()[index], facts, columns);
    run.find();
    if (wanted[index]) fired[index] = run.fired();
    run.report(fired, by_rule[index]);
    if (told) told(++done);
  }
  Evaluation all;
  for (Evaluation& one : by_rule) {
    std::move(one.violations.begin(), one.violations.end(), std::back_inserter(all.violations));
    std::move(one.not_evaluated.begin(), one.not_evaluated.end(),
              std::back_inserter(all.not_evaluated));
  }
  return all;
}

}  // namespace xsaudit
