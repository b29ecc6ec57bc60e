#include "rules/secret_nodes.h"

#include "rules/eval/eval_context.h"
#include "rules/eval/search_index.h"
#include "rules/rule.h"
#include "rules/settled_nodes.h"

namespace xsaudit {

SecretNodes find_secrets(const Rule& rule, const AuditContext& facts, StoreIndex& store_index) {
  SecretNodes secrets;
  const RuleProgram& program = *rule.program;
  if (program.secret == nullptr) return secrets;
  EvalContext context(facts, store_index, program.layout);
  context.heeds_clock = false;
  SettledNodes settled(program.layout);
  settled.add(*program.secret, false);
  for (const NamedPatterns::Alternative& alternative : program.match.alternatives) {
    alternative.pattern.for_each(facts.snapshot, {},
                                 [&](NodeId node, const std::vector<Binding>& bindings) {
                                   if (settled.contains(context, node)) return true;
                                   context.move_to(node);
                                   program.match.bind(context, alternative, bindings);
                                   if (!program.secret->evaluate(context).is_false())
                                     secrets.insert(node);
                                   return true;
                                 });
  }
  return secrets;
}

SecretNodes find_secrets(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index) {
  SecretNodes secrets;
  for (const Rule& rule : rules.rules()) secrets.merge(find_secrets(rule, facts, store_index));
  return secrets;
}

}  // namespace xsaudit
