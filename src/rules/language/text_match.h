// text.matches('…'): whether a regular expression is found in a text. RE2 takes time in proportion
// to the text, whatever a guest puts into it.
#pragma once

#include <re2/re2.h>

#include <memory>

#include "rules/language/expression.h"

namespace xsaudit {

class TextMatch : public Expression {
 public:
  TextMatch(ExpressionPtr text, std::unique_ptr<const re2::RE2> pattern)
      : Expression(kBoolean, text->reads()), text_(std::move(text)), pattern_(std::move(pattern)) {}
  Value evaluate(Frame& frame) const override;

 private:
  const ExpressionPtr text_;
  const std::unique_ptr<const re2::RE2> pattern_;
};

}  // namespace xsaudit
