#include "rules/rule_run.h"

#include <algorithm>
#include <utility>

namespace xsaudit {

RuleRun::RuleRun(const Rule& rule, const Facts& facts, Columns& columns)
    : rule_(rule), program_(*rule.program), facts_(facts), frame_(facts, columns, program_.layout) {
  SlotSet allowed = bit(kNodeSlot);
  for (const auto& let : program_.layout.lets) allowed |= bit(let.first);
  const Reads& reads = program_.assertion->reads();
  if (!reads.whole_node && reads.without(allowed).slots == 0) {
    by_permissions_.resize(facts.snapshot.permission_lists());
  }
}

void RuleRun::find() {
  const auto& alternatives = program_.match.alternatives;
  for (std::uint32_t i = 0; i < alternatives.size(); ++i) {
    const auto found = [&](NodeId node, const std::vector<Binding>& bindings) {
      frame_.move_to(node);
      program_.match.bind(frame_, alternatives[i], bindings);
      judge(node, i);
      return true;
    };
    const auto gap = [&](NodeId node, const std::vector<Binding>&) {
      frame_.move_to(node);
      not_evaluated(node, *frame_.unknown(node, "its children are not all known",
                                          facts_.snapshot.children_unknown(node)));
    };
    alternatives[i].pattern.for_each(facts_.snapshot, {}, found, gap);
  }
  // A node that several alternatives match is told once.
  std::stable_sort(hits_.begin(), hits_.end(),
                   [](const Hit& a, const Hit& b) { return a.node < b.node; });
  hits_.erase(std::unique(hits_.begin(), hits_.end(),
                          [](const Hit& a, const Hit& b) { return a.node == b.node; }),
              hits_.end());
}

Value RuleRun::assertion_holds(NodeId node) {
  const PermissionsId id = facts_.snapshot.permissions_id(node);
  if (by_permissions_.empty() || id == kNoPermissions) {
    return program_.assertion->evaluate(frame_);
  }
  Remembered& remembered = by_permissions_[id];
  if (!remembered.known) {
    const Value holds = program_.assertion->evaluate(frame_);
    if (holds.is(Value::Kind::unknown)) return holds;
    remembered = {true, holds.boolean, frame_.took_for_dead};
  }
  if (remembered.took_for_dead) frame_.took_for_dead = true;
  return Value::of(remembered.holds);
}

// Violated where it applies and its assertion does not hold. Either may be unknown, if the other
// decides.
void RuleRun::judge(NodeId node, std::uint32_t alternative) {
  const bool cheap = !by_permissions_.empty();
  if (cheap && assertion_holds(node).is_true()) return;
  Value applies = Value::of(true);
  if (program_.when != nullptr) applies = program_.when->evaluate(frame_);
  if (applies.is_false()) return;
  const Value holds = assertion_holds(node);
  if (holds.is_true()) return;
  if (applies.is_true() && holds.is_false()) {
    hits_.push_back({node, alternative, frame_.took_for_dead});
    return;
  }
  const Unknown* const a = applies.is(Value::Kind::unknown) ? applies.unknown : nullptr;
  const Unknown* const b = holds.is(Value::Kind::unknown) ? holds.unknown : nullptr;
  not_evaluated(node, *worse(a, b));
}

void RuleRun::not_evaluated(NodeId node, const Unknown& unknown) {
  const auto [place, added] = not_evaluated_.try_emplace({unknown.fact, unknown.reason});
  NotEvaluated& entry = place->second;
  if (!added) {
    ++entry.count;
    return;
  }
  entry.rule = &rule_;
  entry.path = facts_.snapshot.path(node);
  entry.reason = unknown.text();
  entry.by_form = unknown.by_form;
}

std::vector<bool> RuleRun::fired() const {
  std::vector<bool> fired(facts_.snapshot.size());
  for (const Hit& hit : hits_) fired[hit.node] = true;
  return fired;
}

void RuleRun::report(const FiredNodes& fired, Evaluation& into) {
  RuleReport(rule_, facts_, frame_).tell(hits_, fired, into);
  for (auto& [reason, entry] : not_evaluated_) into.not_evaluated.push_back(std::move(entry));
}

}  // namespace xsaudit
