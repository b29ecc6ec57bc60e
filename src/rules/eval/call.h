// A call of one of the functions of functions.h.
#pragma once

#include <vector>

#include "rules/eval/expression.h"
#include "rules/functions/functions.h"

namespace xsaudit {

class Call : public Expression {
 public:
  Call(const Function& function, std::vector<ExpressionPtr> arguments);
  Value evaluate(EvalContext& context) const override;

  static constexpr std::size_t kMaxArguments = 4;

 private:
  const Function& function_;
  const std::vector<ExpressionPtr> arguments_;
};

// The result of a call with a null argument: null, false, or an empty set or list.
Value nothing_of(Type type);

}  // namespace xsaudit
