// text.matches('…'): whether a regular expression is found in a text.
#pragma once

#include <memory>

#include "rules/language/expression.h"
#include "schema/regex.h"

namespace xsaudit {

class TextMatch : public Expression {
 public:
  TextMatch(ExpressionPtr text, std::unique_ptr<const Regex> pattern)
      : Expression(kBoolean, text->reads()), text_(std::move(text)), pattern_(std::move(pattern)) {}
  Value evaluate(Frame& frame) const override;

 private:
  const ExpressionPtr text_;
  const std::unique_ptr<const Regex> pattern_;
};

}  // namespace xsaudit
