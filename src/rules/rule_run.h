// One rule over one snapshot: every place where it is violated, found in one walk, or what there is
// to say of one place. Used by one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/audit_context.h"
#include "rules/eval/eval_context.h"
#include "rules/evaluation.h"
#include "rules/rule.h"

namespace xsaudit {

class RuleRun {
 public:
  RuleRun(const Rule& rule, const AuditContext& facts, StoreIndex& store_index);

  // `all` already has the hits of the rules that supersede this one.
  RuleHits find(const AllHits& all);

  enum class State : std::uint8_t { violated, holds, unknown };
  // The result of the rule at one matching node; `hit` if it is violated there.
  State state_at(NodeId node, Hit& hit);

  // Where a rule that this one yields to at `hit` would have its own; nothing if that is nowhere.
  std::optional<std::string> graver_path(const Hit& hit, const RuleProgram::Superseder& graver);

 private:
  // False if there was no time for it.
  bool find(std::uint32_t alternative);
  bool judge(NodeId node, std::uint32_t alternative);
  Value violated(NodeId node);
  Value assertion_holds(NodeId node);
  // `violated`: what the rule came to there.
  Hit hit_here(NodeId node, std::uint32_t alternative, const Value& violated);
  Severity severity(bool relies_on_liveness, bool& sure);
  void not_evaluated(NodeId node, const Unknown& unknown);
  bool move_to(NodeId node, std::uint32_t alternative);
  void find_yields(const AllHits& all);
  static void note_domain(std::int64_t domid, NotEvaluated& entry);

  const Rule& rule_;
  const RuleProgram& program_;
  const AuditContext& facts_;
  EvalContext context_;
  RuleHits found_;
  std::vector<Binding> bindings_;  // scratch
  bool names_node_ = false;        // the pattern is the path of the node being judged
  // What an assertion that asks for nothing but permissions came to, by PermissionsId: a store has
  // few lists. Empty for any other assertion.
  std::vector<std::optional<Value>> by_permissions_;
  // By what was not known and why.
  std::map<std::pair<std::string_view, std::string_view>, NotEvaluated> not_evaluated_;
};

}  // namespace xsaudit
