// A call of one of the functions of functions.h.
#pragma once

#include <memory>
#include <vector>

#include "rules/eval/expression.h"
#include "rules/functions/functions.h"

namespace xsaudit {

class Call : public Expression {
 public:
  Call(const Function& function, std::vector<ExpressionPtr> arguments);
  Value evaluate(EvalContext& context) const override;

  bool is_value_of_node() const;  // value(node)
  // Whether it gives one value for the whole store, whichever node is judged.
  bool same_for_store() const;

  static constexpr std::size_t kMaxArguments = 4;

 private:
  const Function& function_;
  const std::vector<ExpressionPtr> arguments_;
};

// A call with one value for the whole store, which is worked out once in each context.
class StoreCall : public Expression {
 public:
  // `index`: among the calls of this kind of the context.
  StoreCall(std::unique_ptr<const Call> call, std::size_t index)
      : Expression(call->type(), call->reads()), call_(std::move(call)), index_(index) {}
  Value evaluate(EvalContext& context) const override { return context.of_store(index_, *call_); }

 private:
  const std::unique_ptr<const Call> call_;
  const std::size_t index_;
};

// The result of a call with a null argument: null, false, or an empty set or list.
Value nothing_of(Type type);

}  // namespace xsaudit
