#include "rules/eval/operators.h"

#include <cstring>
#include <optional>

namespace xsaudit {

namespace {

// `decisive`: the value of a part that decides the whole.
Value chain(const std::vector<ExpressionPtr>& parts, EvalContext& context, bool decisive) {
  Decision decision(decisive);
  for (const ExpressionPtr& part : parts) {
    if (!decision.take(part->evaluate(context))) break;
  }
  return decision.result();
}

}  // namespace

Value Conjunction::evaluate(EvalContext& context) const { return chain(parts_, context, false); }
Value Disjunction::evaluate(EvalContext& context) const { return chain(parts_, context, true); }

Value Negation::evaluate(EvalContext& context) const {
  Value value = part_->evaluate(context);
  if (!value.is(Value::Kind::unknown)) value.boolean = !value.boolean;
  return value;
}

Value Conditional::evaluate(EvalContext& context) const {
  const Value condition = condition_->evaluate(context);
  if (condition.is(Value::Kind::unknown)) return condition;
  Dependence dependence;
  dependence.take(condition);
  Value result = (condition.boolean ? yes_ : no_)->evaluate(context);
  dependence.mark(result);
  return result;
}

Value BinaryOperator::evaluate(EvalContext& context) const {
  const Value left = left_->evaluate(context);
  const Value right = right_->evaluate(context);
  Dependence dependence;
  dependence.take(left);
  dependence.take(right);
  Value result = apply(context, left, right);
  dependence.mark(result);
  return result;
}

namespace {

constexpr std::size_t kMaxPossible = 16;

// The operand that is unknown, or that is null if neither is unknown; null pointer if both can be
// used.
const Value* not_usable(const Value& left, const Value& right) {
  if (left.is(Value::Kind::unknown)) return &left;
  if (right.is(Value::Kind::unknown)) return &right;
  if (left.is(Value::Kind::null)) return &left;
  if (right.is(Value::Kind::null)) return &right;
  return nullptr;
}

std::string_view joined(EvalContext& context, std::string_view left, std::string_view right) {
  char* const bytes = context.arena.bytes(left.size() + right.size());
  left.copy(bytes, left.size());
  right.copy(bytes + left.size(), right.size());
  return {bytes, left.size() + right.size()};
}

}  // namespace

Value Arithmetic::apply(EvalContext& context, const Value& left, const Value& right) const {
  const bool known = !left.is(Value::Kind::unknown) && !right.is(Value::Kind::unknown);
  if (known) return compute(left, right);
  // The result for each combination of possible values.
  const std::span<const Value> lefts = possible_values(left);
  const std::span<const Value> rights = possible_values(right);
  const std::size_t count = lefts.size() * rights.size();
  if (count == 0 || count > kMaxPossible) return context.undecided(*not_usable(left, right));
  const std::span<Value> results = context.arena.array<Value>(count);
  for (std::size_t i = 0; i < count; ++i) {
    results[i] = compute(lefts[i / rights.size()], rights[i % rights.size()]);
  }
  Unknown unknown = *not_usable(left, right)->unknown;
  unknown.at_least = -1;
  unknown.possible = results.data();
  unknown.possible_count = static_cast<std::uint32_t>(count);
  return Value::of(context.arena.make(unknown));
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

Value Join::apply(EvalContext& context, const Value& left, const Value& right) const {
  if (const Value* const missing = not_usable(left, right)) return *missing;
  const std::string_view behind = context.text_of(right);
  if (behind.empty()) return left;
  const bool beside_node = left.is(Value::Kind::path) && left.node != kRootNode &&
                           (left.size > 0 || behind.front() == '/');
  if (!beside_node) return Value::of(joined(context, context.text_of(left), behind));
  if (left.size == 0) return Value::of_path(left.node, behind);
  return Value::of_path(left.node, joined(context, left.view(), behind));
}

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

// Compares an unknown number with a known lower bound and a number. Decided if all numbers from the
// bound upwards give the same result.
std::optional<bool> compare_bound(Operator op, const Unknown& left, const Value& right) {
  if (left.at_least < 0 || !right.is(Value::Kind::integer)) return std::nullopt;
  const bool decided = op == Operator::greater_equal || op == Operator::less
                           ? left.at_least >= right.integer
                           : left.at_least > right.integer;
  if (!decided) return std::nullopt;
  return holds(op, 1);
}

int order_of(EvalContext& context, const Value& left, const Value& right) {
  if (left.is(Value::Kind::integer)) {
    return left.integer < right.integer ? -1 : left.integer > right.integer ? 1 : 0;
  }
  return context.text_of(left).compare(context.text_of(right));
}

}  // namespace

bool equal(EvalContext& context, const Value& a, const Value& b) {
  if (a.is(Value::Kind::null) || b.is(Value::Kind::null)) return a.kind == b.kind;
  switch (a.kind) {
    case Value::Kind::boolean: return a.boolean == b.boolean;
    case Value::Kind::integer: return a.integer == b.integer;
    default: break;
  }
  if (a.is(Value::Kind::path) && b.is(Value::Kind::path) && a.node == b.node) {
    return a.view() == b.view();
  }
  // A guest chooses the length of paths: one is built only if its last name fits.
  const auto differs = [&](const Value& path, const Value& text) {
    return path.is(Value::Kind::path) && path.size == 0 && text.is(Value::Kind::text) &&
           !text.view().ends_with(context.snapshot.name(path.node));
  };
  if (differs(a, b) || differs(b, a)) return false;
  return context.text_of(a) == context.text_of(b);
}

Value Comparison::apply(EvalContext& context, const Value& left, const Value& right) const {
  const bool left_unknown = left.is(Value::Kind::unknown);
  const bool right_unknown = right.is(Value::Kind::unknown);
  if (!left_unknown && !right_unknown) return compare(context, left, right);
  if (const auto decided = compare_possible(context, left, right)) return Value::of(*decided);
  if (left_unknown && right_unknown) {
    return context.undecided(Value::of(worse(left.unknown, right.unknown)));
  }
  const auto decided = left_unknown ? compare_bound(op_, *left.unknown, right)
                                    : compare_bound(mirrored(op_), *right.unknown, left);
  return decided ? Value::of(*decided) : context.undecided(left_unknown ? left : right);
}

// The comparison is decided if all combinations of possible values give the same result.
std::optional<bool> Comparison::compare_possible(EvalContext& context, const Value& left,
                                                 const Value& right) const {
  std::optional<bool> decided;
  for (const Value& one : possible_values(left)) {
    for (const Value& other : possible_values(right)) {
      const bool holds = compare(context, one, other).boolean;
      if (decided && *decided != holds) return std::nullopt;
      decided = holds;
    }
  }
  return decided;
}

Value Comparison::compare(EvalContext& context, const Value& left, const Value& right) const {
  if (left.is(Value::Kind::integer) && right.is(Value::Kind::integer)) {
    return Value::of(holds(op_, order_of(context, left, right)));
  }
  if (op_ == Operator::equal) return Value::of(equal(context, left, right));
  if (op_ == Operator::not_equal) return Value::of(!equal(context, left, right));
  if (left.is(Value::Kind::null) || right.is(Value::Kind::null)) return Value::of(false);
  return Value::of(holds(op_, order_of(context, left, right)));
}

Value Membership::apply(EvalContext& context, const Value& item, const Value& whole) const {
  if (item.is(Value::Kind::unknown)) return context.undecided(item);
  if (whole.is(Value::Kind::unknown)) return whole;
  bool found = false;
  if (whole.is(Value::Kind::domains)) {
    found = item.is(Value::Kind::integer) && whole.domains->contains(item.integer);
  } else {
    for (std::uint32_t i = 0; i < whole.size && !found; ++i) {
      context.step();
      found = equal(context, item, whole.items[i]);
    }
  }
  if (!found && whole.gap != nullptr) return Value::of(whole.gap);
  return Value::of(found);
}

}  // namespace xsaudit
