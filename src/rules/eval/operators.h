// && || ! and ? : over true, false and unknown (Kleene's logic): a conjunction with a false part is
// false whatever the others are, a disjunction with a true part is true.
#pragma once

#include <optional>
#include <vector>

#include "rules/eval/expression.h"
#include "rules/syntax/parser.h"

namespace xsaudit {

class Conjunction : public Expression {
 public:
  explicit Conjunction(std::vector<ExpressionPtr> parts)
      : Expression(kBoolean, reads_of(parts)), parts_(std::move(parts)) {}
  Value evaluate(EvalContext& context) const override;
  const std::vector<ExpressionPtr>& parts() const { return parts_; }

 private:
  const std::vector<ExpressionPtr> parts_;
};

class Disjunction : public Expression {
 public:
  explicit Disjunction(std::vector<ExpressionPtr> parts)
      : Expression(kBoolean, reads_of(parts)), parts_(std::move(parts)) {}
  Value evaluate(EvalContext& context) const override;
  const std::vector<ExpressionPtr>& parts() const { return parts_; }

 private:
  const std::vector<ExpressionPtr> parts_;
};

class Negation : public Expression {
 public:
  explicit Negation(ExpressionPtr part)
      : Expression(kBoolean, part->reads()), part_(std::move(part)) {}
  Value evaluate(EvalContext& context) const override;
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
  Value evaluate(EvalContext& context) const override;
  const Expression& condition() const { return *condition_; }
  const Expression& yes() const { return *yes_; }
  const Expression& no() const { return *no_; }

 private:
  const ExpressionPtr condition_;
  const ExpressionPtr yes_;
  const ExpressionPtr no_;
};

// An operator with two operands. Its result depends on both.
class BinaryOperator : public Expression {
 public:
  Value evaluate(EvalContext& context) const final;
  const Expression& left() const { return *left_; }
  const Expression& right() const { return *right_; }

 protected:
  BinaryOperator(Type type, ExpressionPtr left, ExpressionPtr right)
      : Expression(type, left->reads() | right->reads()),
        left_(std::move(left)),
        right_(std::move(right)) {}
  virtual Value apply(EvalContext& context, const Value& left, const Value& right) const = 0;

 private:
  const ExpressionPtr left_;
  const ExpressionPtr right_;
};

// + - * / % of numbers, and + of texts. The result is null if the operation has none (division by
// zero, overflow) or if an operand is null.
class Arithmetic : public BinaryOperator {
 public:
  Arithmetic(Operator op, ExpressionPtr left, ExpressionPtr right)
      : BinaryOperator(kInteger, std::move(left), std::move(right)), op_(op) {}

 private:
  Value apply(EvalContext& context, const Value& left, const Value& right) const override;
  Value compute(const Value& left, const Value& right) const;  // both are known

  const Operator op_;
};

// Concatenates two texts. If the left one is the path of a node, the result keeps the node and
// stores only the text after its path: a lookup then takes time in proportion to that text alone.
class Join : public BinaryOperator {
 public:
  Join(ExpressionPtr left, ExpressionPtr right)
      : BinaryOperator(kText, std::move(left), std::move(right)) {}

 private:
  Value apply(EvalContext& context, const Value& left, const Value& right) const override;
};

// == != < <= > >= and `in`. Null equals only null, and is neither less nor greater than any value.
// A number of which only a lower bound or a few possible values are known can be enough to decide.

// Whether two known values of one type (numbers, texts, true and false) are equal.
bool equal(EvalContext& context, const Value& a, const Value& b);

class Comparison : public BinaryOperator {
 public:
  Comparison(Operator op, ExpressionPtr left, ExpressionPtr right)
      : BinaryOperator(kBoolean, std::move(left), std::move(right)), op_(op) {}

  Operator op() const { return op_; }

 private:
  Value apply(EvalContext& context, const Value& left, const Value& right) const override;
  Value compare(EvalContext& context, const Value& left,
                const Value& right) const;  // both are known
  std::optional<bool> compare_possible(EvalContext& context, const Value& left,
                                       const Value& right) const;

  const Operator op_;
};

// `x in list`, `domid in domains`.
class Membership : public BinaryOperator {
 public:
  Membership(ExpressionPtr item, ExpressionPtr whole)
      : BinaryOperator(kBoolean, std::move(item), std::move(whole)) {}

 private:
  Value apply(EvalContext& context, const Value& item, const Value& whole) const override;
};

}  // namespace xsaudit
