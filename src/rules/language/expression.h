// An expression that was checked: everything in it is looked up, and its type is known. Immutable;
// any thread may evaluate it, each in a frame of its own.
#pragma once

#include <memory>
#include <vector>

#include "rules/language/frame.h"
#include "rules/language/type.h"
#include "rules/language/value.h"

namespace xsaudit {

class Expression {
 public:
  virtual ~Expression() = default;
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  // A value of type(), null where that may be, or unknown.
  virtual Value evaluate(Frame& frame) const = 0;

  Type type() const { return type_; }
  // The names of the frame that it depends on, without those it binds itself.
  SlotSet reads() const { return reads_; }

 protected:
  Expression(Type type, SlotSet reads) : type_(type), reads_(reads) {}

 private:
  const Type type_;
  const SlotSet reads_;
};

using ExpressionPtr = std::unique_ptr<const Expression>;

inline SlotSet reads_of(const std::vector<ExpressionPtr>& expressions) {
  SlotSet reads = 0;
  for (const ExpressionPtr& one : expressions) reads |= one->reads();
  return reads;
}

}  // namespace xsaudit
