// The leaves of an expression: constants, names, and lists written out.
#pragma once

#include <string>
#include <vector>

#include "rules/eval/expression.h"

namespace xsaudit {

class Constant : public Expression {
 public:
  static ExpressionPtr null();
  static ExpressionPtr of(bool boolean);
  static ExpressionPtr of(std::int64_t integer);
  static ExpressionPtr of(std::string text);

  Value evaluate(EvalContext&) const override { return value_; }
  const Value& value() const { return value_; }

 private:
  Constant(Type type, std::string text) : Expression(type, {}), text_(std::move(text)) {}
  const std::string text_;
  Value value_;
};

// `node`, a variable of a pattern, `it`: a value in the context.
class BoundName : public Expression {
 public:
  BoundName(Type type, Slot slot)
      : Expression(type, {bit(slot), slot == kNodeSlot ? kNodeRest : NodeParts{0}}), slot_(slot) {}
  Value evaluate(EvalContext& context) const override { return context.slots[slot_]; }
  Slot slot() const { return slot_; }

 private:
  const Slot slot_;
};

// A name under `let`; it reads what its own expression reads, too.
class LetName : public Expression {
 public:
  LetName(Type type, Slot slot, const Reads& reads)
      : Expression(type, reads | Reads{bit(slot), 0}), slot_(slot) {}
  Value evaluate(EvalContext& context) const override { return context.let(slot_); }
  Slot slot() const { return slot_; }

 private:
  const Slot slot_;
};

class ListLiteral : public Expression {
 public:
  ListLiteral(Type type, std::vector<ExpressionPtr> items);
  // Unknown if one of its items is.
  Value evaluate(EvalContext& context) const override;

 private:
  const std::vector<ExpressionPtr> items_;
  std::vector<Value> constants_;  // if all items are: their values
};

}  // namespace xsaudit
