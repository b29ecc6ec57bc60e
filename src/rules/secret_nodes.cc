#include "rules/secret_nodes.h"

#include "rules/language/frame.h"
#include "rules/language/search_index.h"
#include "rules/rule_program.h"

namespace xsaudit {

SecretNodes find_secrets(const Rule& rule, const Facts& facts, Columns& columns) {
  SecretNodes secrets;
  const RuleProgram& program = *rule.program;
  if (program.secret == nullptr) return secrets;
  Frame frame(facts, columns, program.layout);
  frame.heeds_clock = false;
  for (const NamedPatterns::Alternative& alternative : program.match.alternatives) {
    alternative.pattern.for_each(facts.snapshot, {},
                                 [&](NodeId node, const std::vector<Binding>& bindings) {
                                   frame.move_to(node);
                                   program.match.bind(frame, alternative, bindings);
                                   if (!program.secret->evaluate(frame).is_false())
                                     secrets.insert(node);
                                   return true;
                                 });
  }
  return secrets;
}

SecretNodes find_secrets(const RuleSet& rules, const Facts& facts, Columns& columns) {
  SecretNodes secrets;
  for (const Rule& rule : rules.rules()) secrets.merge(find_secrets(rule, facts, columns));
  return secrets;
}

}  // namespace xsaudit
