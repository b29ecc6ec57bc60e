#include "rules/language/logic.h"

namespace xsaudit {
namespace {

// `decisive`: the value of a part that decides the whole. The whole then rests on that part alone.
Value chain(const std::vector<ExpressionPtr>& parts, Frame& frame, bool decisive) {
  const Unknown* unknown = nullptr;
  const bool before = frame.took_for_dead;
  bool took_for_dead = before;
  for (const ExpressionPtr& part : parts) {
    frame.took_for_dead = before;
    const Value value = part->evaluate(frame);
    if (value.is(Value::Kind::unknown)) {
      unknown = worse(unknown, value.unknown);
    } else if (value.boolean == decisive) {
      return value;
    }
    took_for_dead = took_for_dead || frame.took_for_dead;
  }
  frame.took_for_dead = took_for_dead;
  return unknown != nullptr ? Value::of(unknown) : Value::of(!decisive);
}

}  // namespace

Value Conjunction::evaluate(Frame& frame) const { return chain(parts_, frame, false); }
Value Disjunction::evaluate(Frame& frame) const { return chain(parts_, frame, true); }

Value Negation::evaluate(Frame& frame) const {
  const Value value = part_->evaluate(frame);
  return value.is(Value::Kind::unknown) ? value : Value::of(!value.boolean);
}

Value Conditional::evaluate(Frame& frame) const {
  const Value condition = condition_->evaluate(frame);
  if (condition.is(Value::Kind::unknown)) return condition;
  return (condition.boolean ? yes_ : no_)->evaluate(frame);
}

}  // namespace xsaudit
