// like(path, 'pattern') and like(path, 'pattern', expression): whether a path, a value that should
// be one for example, matches a pattern; and, if it does, what an expression gives over the
// variables it binds. Variables bound outside must have the same value.
#pragma once

#include "rules/language/expression.h"
#include "rules/language/named_patterns.h"

namespace xsaudit {

class Like : public Expression {
 public:
  // Without a body: whether it matches.
  Like(ExpressionPtr path, NamedPatterns patterns, ExpressionPtr body);
  // If nothing matches: null, false, nobody or an empty list, by the type of the body.
  Value evaluate(Frame& frame) const override;

 private:
  const ExpressionPtr path_;
  const NamedPatterns patterns_;
  const ExpressionPtr body_;
};

}  // namespace xsaudit
