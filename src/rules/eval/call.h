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

// What a call gives that nothing can be asked of: null, false, nobody or an empty list.
Value nothing_of(Type type);

}  // namespace xsaudit
