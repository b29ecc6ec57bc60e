// + - * / % of numbers, and + of texts. A result that is no number (division by zero, too large)
// is null; so is the result of anything with null.
#pragma once

#include "rules/language/expression.h"
#include "rules/language/syntax.h"

namespace xsaudit {

class Arithmetic : public Expression {
 public:
  Arithmetic(Operator op, ExpressionPtr left, ExpressionPtr right)
      : Expression(kInteger, left->reads() | right->reads()),
        op_(op),
        left_(std::move(left)),
        right_(std::move(right)) {}
  Value evaluate(Frame& frame) const override;

 private:
  Value compute(const Value& left, const Value& right) const;  // both are known

  const Operator op_;
  const ExpressionPtr left_;
  const ExpressionPtr right_;
};

// One text behind another. What is put behind the path of a node stays a place beside that node as
// long as it can, so that looking it up costs no more than its own length.
class Join : public Expression {
 public:
  Join(ExpressionPtr left, ExpressionPtr right)
      : Expression(kText, left->reads() | right->reads()),
        left_(std::move(left)),
        right_(std::move(right)) {}
  Value evaluate(Frame& frame) const override;

 private:
  const ExpressionPtr left_;
  const ExpressionPtr right_;
};

}  // namespace xsaudit
