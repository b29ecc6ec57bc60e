#include "rules/language/arithmetic.h"

#include <cstring>

namespace xsaudit {
namespace {

constexpr std::size_t kMostPossible = 16;

// Whichever of the two is not known, or null if neither is unknown and one is null.
const Value* not_usable(const Value& left, const Value& right) {
  if (left.is(Value::Kind::unknown)) return &left;
  if (right.is(Value::Kind::unknown)) return &right;
  if (left.is(Value::Kind::null)) return &left;
  if (right.is(Value::Kind::null)) return &right;
  return nullptr;
}

std::string_view joined(Frame& frame, std::string_view left, std::string_view right) {
  char* const bytes = frame.arena.bytes(left.size() + right.size());
  left.copy(bytes, left.size());
  right.copy(bytes + left.size(), right.size());
  return {bytes, left.size() + right.size()};
}

}  // namespace

Value Arithmetic::evaluate(Frame& frame) const {
  const Value left = left_->evaluate(frame);
  const Value right = right_->evaluate(frame);
  const bool known = !left.is(Value::Kind::unknown) && !right.is(Value::Kind::unknown);
  if (known) return compute(left, right);
  // What comes of each of the values that they can be.
  const std::span<const Value> lefts = possible_values(left);
  const std::span<const Value> rights = possible_values(right);
  const std::size_t count = lefts.size() * rights.size();
  if (count == 0 || count > kMostPossible) return frame.undecided(*not_usable(left, right));
  const std::span<Value> results = frame.arena.array<Value>(count);
  for (std::size_t i = 0; i < count; ++i) {
    results[i] = compute(lefts[i / rights.size()], rights[i % rights.size()]);
  }
  Unknown unknown = *not_usable(left, right)->unknown;
  unknown.at_least = -1;
  unknown.possible = results.data();
  unknown.possible_count = static_cast<std::uint32_t>(count);
  return Value::of(frame.arena.make(unknown));
}

Value Arithmetic::compute(const Value& left, const Value& right) const {
  if (const Value* const missing = not_usable(left, right)) return *missing;
  std::int64_t result = 0;
  bool failed = false;
  switch (op_) {
    case Operator::plus:
      failed = __builtin_add_overflow(left.integer, right.integer, &result);
      break;
    case Operator::minus:
      failed = __builtin_sub_overflow(left.integer, right.integer, &result);
      break;
    case Operator::times:
      failed = __builtin_mul_overflow(left.integer, right.integer, &result);
      break;
    default:
      failed = right.integer == 0 || (left.integer == INT64_MIN && right.integer == -1);
      if (!failed) {
        result =
            op_ == Operator::divide ? left.integer / right.integer : left.integer % right.integer;
      }
  }
  return failed ? Value() : Value::of(result);
}

Value Join::evaluate(Frame& frame) const {
  const Value left = left_->evaluate(frame);
  const Value right = right_->evaluate(frame);
  if (const Value* const missing = not_usable(left, right)) return *missing;
  const std::string_view behind = frame.text_of(right);
  if (behind.empty()) return left;
  const bool beside_node = left.is(Value::Kind::path) && left.node != kRootNode &&
                           (left.size > 0 || behind.front() == '/');
  if (!beside_node) return Value::of(joined(frame, frame.text_of(left), behind));
  if (left.size == 0) return Value::of_path(left.node, behind);
  return Value::of_path(left.node, joined(frame, left.view(), behind));
}

}  // namespace xsaudit
