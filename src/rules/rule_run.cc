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

bool RuleRun::find() {
  frame_.columns.clock().read();
  bool in_time = true;
  for (std::uint32_t i = 0; i < program_.match.alternatives.size() && in_time; ++i) {
    in_time = find(i);
  }
  if (!in_time) not_evaluated(kRootNode, *frame_.time_up());
  // A node that several alternatives match is told once.
  std::stable_sort(hits_.begin(), hits_.end(),
                   [](const Hit& a, const Hit& b) { return a.node < b.node; });
  hits_.erase(std::unique(hits_.begin(), hits_.end(),
                          [](const Hit& a, const Hit& b) { return a.node == b.node; }),
              hits_.end());
  return in_time;
}

bool RuleRun::find(std::uint32_t alternative) {
  const NamedPatterns::Alternative& taken = program_.match.alternatives[alternative];
  bool in_time = true;
  const auto found = [&](NodeId node, const std::vector<Binding>& bindings) {
    frame_.move_to(node);
    program_.match.bind(frame_, taken, bindings);
    in_time = frame_.step() && judge(node, alternative);
    return in_time;
  };
  const auto gap = [&](NodeId node, const std::vector<Binding>&) {
    frame_.move_to(node);
    not_evaluated(node, *frame_.unknown(node, "its children are not all known",
                                        facts_.snapshot.children_unknown(node)));
  };
  taken.pattern.for_each(facts_.snapshot, {}, found, gap);
  return in_time;
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
// decides: what was decided although the time was up is decided.
bool RuleRun::judge(NodeId node, std::uint32_t alternative) {
  const bool cheap = !by_permissions_.empty();
  if (cheap && assertion_holds(node).is_true()) return true;
  Value applies = Value::of(true);
  if (program_.when != nullptr) applies = program_.when->evaluate(frame_);
  if (applies.is_false()) return true;
  const Value holds = assertion_holds(node);
  if (holds.is_true()) return true;
  if (applies.is_true() && holds.is_false()) {
    hits_.push_back({node, alternative, frame_.took_for_dead});
    return true;
  }
  if (frame_.columns.clock().over()) return false;
  const Unknown* const a = applies.is(Value::Kind::unknown) ? applies.unknown : nullptr;
  const Unknown* const b = holds.is(Value::Kind::unknown) ? holds.unknown : nullptr;
  not_evaluated(node, *worse(a, b));
  return true;
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
