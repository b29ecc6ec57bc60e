#include "rules/language/comparison.h"

#include <optional>

namespace xsaudit {
namespace {

bool holds(Operator op, int order) {  // order: below, at or above 0, as left is to right
  switch (op) {
    case Operator::equal: return order == 0;
    case Operator::not_equal: return order != 0;
    case Operator::less: return order < 0;
    case Operator::less_equal: return order <= 0;
    case Operator::greater: return order > 0;
    default: return order >= 0;
  }
}

Operator mirrored(Operator op) {
  switch (op) {
    case Operator::less: return Operator::greater;
    case Operator::less_equal: return Operator::greater_equal;
    case Operator::greater: return Operator::less;
    case Operator::greater_equal: return Operator::less_equal;
    default: return op;
  }
}

// "unknown, but at least this" against a number: decided if both ends of what is possible agree.
std::optional<bool> compare_bound(Operator op, const Unknown& left, const Value& right) {
  if (left.at_least < 0 || !right.is(Value::Kind::integer)) return std::nullopt;
  const bool decided = op == Operator::greater_equal || op == Operator::less
                           ? left.at_least >= right.integer
                           : left.at_least > right.integer;
  if (!decided) return std::nullopt;
  return holds(op, 1);
}

int order_of(Frame& frame, const Value& left, const Value& right) {
  if (left.is(Value::Kind::integer)) {
    return left.integer < right.integer ? -1 : left.integer > right.integer ? 1 : 0;
  }
  return frame.text_of(left).compare(frame.text_of(right));
}

}  // namespace

bool equal(Frame& frame, const Value& a, const Value& b) {
  if (a.is(Value::Kind::null) || b.is(Value::Kind::null)) return a.kind == b.kind;
  switch (a.kind) {
    case Value::Kind::boolean: return a.boolean == b.boolean;
    case Value::Kind::integer: return a.integer == b.integer;
    default: break;
  }
  if (a.is(Value::Kind::path) && b.is(Value::Kind::path) && a.node == b.node) {
    return a.view() == b.view();
  }
  return frame.text_of(a) == frame.text_of(b);
}

Value Comparison::evaluate(Frame& frame) const {
  const Value left = left_->evaluate(frame);
  const Value right = right_->evaluate(frame);
  const bool left_unknown = left.is(Value::Kind::unknown);
  const bool right_unknown = right.is(Value::Kind::unknown);
  if (!left_unknown && !right_unknown) return compare(frame, left, right);
  if (const auto decided = compare_possible(frame, left, right)) return Value::of(*decided);
  if (left_unknown && right_unknown) {
    return frame.undecided(Value::of(worse(left.unknown, right.unknown)));
  }
  const auto decided = left_unknown ? compare_bound(op_, *left.unknown, right)
                                    : compare_bound(mirrored(op_), *right.unknown, left);
  return decided ? Value::of(*decided) : frame.undecided(left_unknown ? left : right);
}

// What holds for everything that both can be holds.
std::optional<bool> Comparison::compare_possible(Frame& frame, const Value& left,
                                                 const Value& right) const {
  std::optional<bool> decided;
  for (const Value& one : possible_values(left)) {
    for (const Value& other : possible_values(right)) {
      const bool holds = compare(frame, one, other).boolean;
      if (decided && *decided != holds) return std::nullopt;
      decided = holds;
    }
  }
  return decided;
}

Value Comparison::compare(Frame& frame, const Value& left, const Value& right) const {
  if (op_ == Operator::equal) return Value::of(equal(frame, left, right));
  if (op_ == Operator::not_equal) return Value::of(!equal(frame, left, right));
  if (left.is(Value::Kind::null) || right.is(Value::Kind::null)) return Value::of(false);
  return Value::of(holds(op_, order_of(frame, left, right)));
}

Value Membership::evaluate(Frame& frame) const {
  const Value item = item_->evaluate(frame);
  if (item.is(Value::Kind::unknown)) return frame.undecided(item);
  const Value whole = whole_->evaluate(frame);
  if (whole.is(Value::Kind::unknown)) return whole;
  bool found = false;
  if (whole.is(Value::Kind::domains)) {
    found = item.is(Value::Kind::integer) && whole.domains->contains(item.integer);
  } else {
    for (std::uint32_t i = 0; i < whole.size && !found; ++i) {
      frame.step();
      found = equal(frame, item, whole.items[i]);
    }
  }
  if (!found && whole.gap != nullptr) return Value::of(whole.gap);
  return Value::of(found);
}

}  // namespace xsaudit
