// .exists(x, p) .all(x, p) .filter(x, p) and .map(x, e) over the items of a list or of a set of
// domains. The complement of a finite set has no end: a loop over it visits those members that are
// running, and null once for all others.
#pragma once

#include "rules/eval/expression.h"

namespace xsaudit {

class ListMethod : public Expression {
 public:
  enum class Kind : std::uint8_t { exists, all, filter, map };

  // `body` reads the item in `slot`.
  ListMethod(Kind kind, Type type, ExpressionPtr list, Slot slot, ExpressionPtr body)
      : Expression(type, list->reads() | body->reads().without(bit(slot))),
        kind_(kind),
        slot_(slot),
        list_(std::move(list)),
        body_(std::move(body)) {}
  Value evaluate(EvalContext& context) const override;

 private:
  Value decide(EvalContext& context, const Value& list) const;   // exists, all
  Value collect(EvalContext& context, const Value& list) const;  // filter, map

  const Kind kind_;
  const Slot slot_;
  const ExpressionPtr list_;
  const ExpressionPtr body_;
};

}  // namespace xsaudit
