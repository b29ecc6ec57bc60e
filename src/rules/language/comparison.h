// == != < <= > >= and `in`. Null equals null and nothing else, and is neither less nor greater than
// anything. Where of a number only a lower bound is known, or that it is one of a few, that may be
// enough to decide.
#pragma once

#include <optional>

#include "rules/language/expression.h"
#include "rules/language/syntax.h"

namespace xsaudit {

// Whether two known values of one type (numbers, texts, true and false) are equal.
bool equal(Frame& frame, const Value& a, const Value& b);

class Comparison : public Expression {
 public:
  Comparison(Operator op, ExpressionPtr left, ExpressionPtr right)
      : Expression(kBoolean, left->reads() | right->reads()),
        op_(op),
        left_(std::move(left)),
        right_(std::move(right)) {}
  Value evaluate(Frame& frame) const override;

  Operator op() const { return op_; }
  const Expression& left() const { return *left_; }
  const Expression& right() const { return *right_; }

 private:
  Value compare(Frame& frame, const Value& left, const Value& right) const;  // both are known
  std::optional<bool> compare_possible(Frame& frame, const Value& left, const Value& right) const;

  const Operator op_;
  const ExpressionPtr left_;
  const ExpressionPtr right_;
};

// `x in list`, `domid in domains`.
class Membership : public Expression {
 public:
  Membership(ExpressionPtr item, ExpressionPtr whole)
      : Expression(kBoolean, item->reads() | whole->reads()),
        item_(std::move(item)),
        whole_(std::move(whole)) {}
  Value evaluate(Frame& frame) const override;

 private:
  const ExpressionPtr item_;
  const ExpressionPtr whole_;
};

}  // namespace xsaudit
