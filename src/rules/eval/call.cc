#include "rules/eval/call.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>

#include "rules/check/names.h"

namespace xsaudit {

namespace {

bool is_node(const Expression& expression) {
  const auto* const name = dynamic_cast<const BoundName*>(&expression);
  return name != nullptr && name->slot() == kNodeSlot;
}

Reads reads_of_call(const Function& function, const std::vector<ExpressionPtr>& arguments) {
  Reads reads = reads_of(arguments);
  if (function.reads_node) return reads | Reads{bit(kNodeSlot), kNodeRest};
  if (function.reads_part != 0 && is_node(*arguments.front())) reads.node = function.reads_part;
  if (function.reads_value_part != 0) {
    const auto* const call = dynamic_cast<const Call*>(arguments.front().get());
    if (call != nullptr && call->is_value_of_node()) reads.node = function.reads_value_part;
  }
  return reads;
}

bool is_constant(const ExpressionPtr& expression) {
  return dynamic_cast<const Constant*>(expression.get()) != nullptr;
}

// A function whose result type is a list of anything returns a list of its first argument's type.
Type type_of_call(const Function& function, const std::vector<ExpressionPtr>& arguments) {
  return function.result == list_of(Type::Kind::null) ? arguments.front()->type() : function.result;
}

}  // namespace

Call::Call(const Function& function, std::vector<ExpressionPtr> arguments)
    : Expression(type_of_call(function, arguments), reads_of_call(function, arguments)),
      function_(function),
      arguments_(std::move(arguments)) {}

bool Call::is_value_of_node() const {
  return function_.name == "value" && is_node(*arguments_.front());
}

bool Call::same_for_store() const {
  return function_.of_store && std::all_of(arguments_.begin(), arguments_.end(), is_constant);
}

Value nothing_of(Type type) {
  static const DomainSet empty_set;
  switch (type.kind) {
    case Type::Kind::boolean: return Value::of(false);
    case Type::Kind::domains: return Value::of(&empty_set);
    case Type::Kind::list: return Value::of_list(nullptr, 0);
    default: return {};
  }
}

Value Call::evaluate(EvalContext& context) const {
  Dependence dependence;
  // The arguments are constructed one by one: most calls have fewer than there is room for.
  alignas(Value) std::array<std::byte, kMaxArguments * sizeof(Value)> room;
  Value* const values = reinterpret_cast<Value*>(room.data());
  const Unknown* unknown = nullptr;
  bool null = false;
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    dependence.take(*new (values + i) Value(arguments_[i]->evaluate(context)));
    null = null || values[i].is(Value::Kind::null);
    if (values[i].is(Value::Kind::unknown)) unknown = worse(unknown, values[i].unknown);
  }
  context.step();
  if (null) return dependence.give(nothing_of(type()));
  if (unknown != nullptr && !function_.takes_unknown) {
    return dependence.give(context.undecided(Value::of(unknown)));
  }
  if (function_.of_position) {
    const Unknown* const position = position_unknown(context, values[0]);
    if (position != nullptr) return dependence.give(Value::of(position));
  }
  Value result = function_.call(context, values);
  dependence.mark(result);
  return result;
}

}  // namespace xsaudit
