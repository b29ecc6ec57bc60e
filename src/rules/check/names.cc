#include "rules/check/names.h"

namespace xsaudit {

ExpressionPtr Constant::null() { return ExpressionPtr(new Constant(kNull, {})); }

ExpressionPtr Constant::of(bool boolean) {
  auto* const made = new Constant(kBoolean, {});
  made->value_ = Value::of(boolean);
  return ExpressionPtr(made);
}

ExpressionPtr Constant::of(std::int64_t integer) {
  auto* const made = new Constant(kInteger, {});
  made->value_ = Value::of(integer);
  return ExpressionPtr(made);
}

ExpressionPtr Constant::of(std::string text) {
  auto* const made = new Constant(kText, std::move(text));
  made->value_ = Value::of(std::string_view(made->text_));
  return ExpressionPtr(made);
}

ListLiteral::ListLiteral(Type type, std::vector<ExpressionPtr> items)
    : Expression(type, reads_of(items)), items_(std::move(items)) {
  for (const ExpressionPtr& item : items_) {
    const auto* const constant = dynamic_cast<const Constant*>(item.get());
    if (constant == nullptr) break;
    constants_.push_back(constant->value());
  }
  if (constants_.size() < items_.size()) constants_.clear();
}

// An unknown item is left out, and leaves a gap.
Value ListLiteral::evaluate(EvalContext& context) const {
  if (!constants_.empty()) return Value::of_list(constants_.data(), constants_.size());
  Dependence dependence;
  const std::span<Value> values = context.arena.array<Value>(items_.size());
  std::size_t count = 0;
  const Unknown* gap = nullptr;
  for (const ExpressionPtr& item : items_) {
    values[count] = dependence.take(item->evaluate(context));
    if (values[count].is(Value::Kind::unknown)) {
      gap = worse(gap, values[count].unknown);
    } else {
      ++count;
    }
  }
  return dependence.give(Value::of_list(values.data(), count, gap));
}

}  // namespace xsaudit
