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
  const Expression& yes() const { return *yes_; }
  const Expression& no() const { return *no_; }

 private:
  const ExpressionPtr condition_;
  const ExpressionPtr yes_;
  const ExpressionPtr no_;
};

// + - * / % of numbers, and + of texts. A result that is no number (division by zero, too large)
// is null; so is the result of anything with null.
class Arithmetic : public Expression {
 public:
  Arithmetic(Operator op, ExpressionPtr left, ExpressionPtr right)
      : Expression(kInteger, left->reads() | right->reads()),
        op_(op),
        left_(std::move(left)),
        right_(std::move(right)) {}
  Value evaluate(EvalContext& context) const override;

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
  Value evaluate(EvalContext& context) const override;

 private:
  const ExpressionPtr left_;
  const ExpressionPtr right_;
};

// == != < <= > >= and `in`. Null equals null and nothing else, and is neither less nor greater than
// anything. Where of a number only a lower bound is known, or that it is one of a few, that may be
// enough to decide.

// Whether two known values of one type (numbers, texts, true and false) are equal.
bool equal(EvalContext& context, const Value& a, const Value& b);

class Comparison : public Expression {
 public:
  Comparison(Operator op, ExpressionPtr left, ExpressionPtr right)
      : Expression(kBoolean, left->reads() | right->reads()),
        op_(op),
        left_(std::move(left)),
        right_(std::move(right)) {}
  Value evaluate(EvalContext& context) const override;

  Operator op() const { return op_; }
  const Expression& left() const { return *left_; }
  const Expression& right() const { return *right_; }

 private:
  Value compare(EvalContext& context, const Value& left,
                const Value& right) const;  // both are known
  std::optional<bool> compare_possible(EvalContext& context, const Value& left,
                                       const Value& right) const;

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
  Value evaluate(EvalContext& context) const override;

 private:
  const ExpressionPtr item_;
  const ExpressionPtr whole_;
};

}  // namespace xsaudit
