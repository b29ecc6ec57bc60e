// && || ! and ? : over true, false and unknown (Kleene's logic): a conjunction with a false part is
// false whatever the others are, a disjunction with a true part is true.
#pragma once

#include <vector>

#include "rules/language/expression.h"

namespace xsaudit {

class Conjunction : public Expression {
 public:
  explicit Conjunction(std::vector<ExpressionPtr> parts)
      : Expression(kBoolean, reads_of(parts)), parts_(std::move(parts)) {}
  Value evaluate(Frame& frame) const override;
  const std::vector<ExpressionPtr>& parts() const { return parts_; }

 private:
  const std::vector<ExpressionPtr> parts_;
};

class Disjunction : public Expression {
 public:
  explicit Disjunction(std::vector<ExpressionPtr> parts)
      : Expression(kBoolean, reads_of(parts)), parts_(std::move(parts)) {}
  Value evaluate(Frame& frame) const override;
  const std::vector<ExpressionPtr>& parts() const { return parts_; }

 private:
  const std::vector<ExpressionPtr> parts_;
};

class Negation : public Expression {
 public:
  explicit Negation(ExpressionPtr part)
      : Expression(kBoolean, part->reads()), part_(std::move(part)) {}
  Value evaluate(Frame& frame) const override;
  const Expression& part() const { return *part_; }

 private:
  const ExpressionPtr part_;
};

class Conditional : public Expression {
 public:
  Conditional(Type type, ExpressionPtr condition, ExpressionPtr yes, ExpressionPtr no)
      : Expression(type, condition->reads() | yes->reads() | no->reads()),
        condition_(std::move(condition)),
        yes_(std::move(yes)),
        no_(std::move(no)) {}
  Value evaluate(Frame& frame) const override;
  const Expression& yes() const { return *yes_; }
  const Expression& no() const { return *no_; }

 private:
  const ExpressionPtr condition_;
  const ExpressionPtr yes_;
  const ExpressionPtr no_;
};

}  // namespace xsaudit
