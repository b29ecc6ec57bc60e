// Evaluates one rule on one snapshot: finds all violations in one walk, or judges one node. Used by
// one thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/audit_context.h"
#include "rules/eval/eval_context.h"
#include "rules/evaluation.h"
#include "rules/rule.h"
#include "rules/settled_nodes.h"

namespace xsaudit {

class RuleRun {
 public:
  // Without shortcuts each node is judged as if it were the first (for tests, which compare both).
  enum class Shortcuts : bool { none, taken };
  RuleRun(const Rule& rule, const AuditContext& facts, StoreIndex& store_index,
          Shortcuts shortcuts = Shortcuts::taken);

  // The nodes that its patterns match, by alternative, found for all rules at once
  // (rule_patterns.h).
  using Matches = std::vector<std::span<const NodeId>>;

  // All hits, without their supersessions. Without `matches` each pattern is walked separately,
  // which gives the same result and takes longer.
  RuleHits find(const Matches* matches);

  // Adds the supersessions of its hits by hits at other nodes. `all` has the hits of all rules.
  void find_supersessions(const AllHits& all, RuleHits& own);

  enum class State : std::uint8_t { violated, holds, unknown };
  // The result of the rule at one matching node; `hit` if it is violated there.
  State state_at(NodeId node, Hit& hit);

  // The nodes at which find() could not decide; kept only for a store that is followed
  // (Snapshot::reads()). In no order.
  const std::vector<NodeId>& undecided() const { return undecided_; }

  // The path of the hit that would supersede `hit`; nothing if there is none.
  std::optional<std::string> superseder_path(const Hit& hit,
                                             const RuleProgram::Superseder& superseder);

 private:
  // False if the time limit was reached.
  bool find(std::uint32_t alternative);
  bool find(std::uint32_t alternative, std::span<const NodeId> matches);
  bool find_below(NodeId first, NodeId end, std::uint32_t alternative);
  bool look_at(NodeId node, std::uint32_t alternative);
  bool judge(NodeId node, std::uint32_t alternative);
  Value violated(NodeId node);
  Value assertion_holds(NodeId node);
  // `violated` is the rule's result at the node.
  Hit hit_here(NodeId node, std::uint32_t alternative, const Value& violated);
  Severity severity(bool relies_on_liveness, bool& sure);
  void not_evaluated(NodeId node, const Unknown& unknown);
  bool move_to(NodeId node, std::uint32_t alternative);
  static void note_domain(std::int64_t domid, NotEvaluated& entry);

  const Rule& rule_;
  const RuleProgram& program_;
  const AuditContext& facts_;
  EvalContext context_;
  RuleHits found_;
  std::vector<Binding> bindings_;  // scratch
  const bool any_unplaced_;
  bool decided_somewhere_ = false;  // the rule fired or held at some node
  bool names_node_ = false;         // the pattern is the path of the node being judged
  // The results of an assertion that reads only permissions, by PermissionsId: a store has few
  // different lists. Empty for any other assertion.
  std::vector<std::optional<Value>> by_permissions_;
  SettledNodes settled_;
  std::vector<NodeId> undecided_;
  // By the unknown fact and the reason.
  std::map<std::pair<std::string_view, std::string_view>, NotEvaluated> not_evaluated_;
};

}  // namespace xsaudit
