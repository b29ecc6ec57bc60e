// text.matches('…'): whether a regular expression is found in a text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rules/check/named_patterns.h"
#include "rules/eval/expression.h"
#include "schema/regex.h"

namespace xsaudit {

class TextMatch : public Expression {
 public:
  TextMatch(ExpressionPtr text, std::unique_ptr<const Regex> pattern)
      : Expression(kBoolean, text->reads()), text_(std::move(text)), pattern_(std::move(pattern)) {}
  Value evaluate(EvalContext& context) const override;

 private:
  const ExpressionPtr text_;
  const std::unique_ptr<const Regex> pattern_;
};

// like(path, 'pattern') and like(path, 'pattern', expression): whether a path, a value that should
// be one for example, matches a pattern; and, if it does, what an expression gives over the
// variables it binds. Variables bound outside must have the same value.
class Like : public Expression {
 public:
  // Without a body: whether it matches.
  Like(ExpressionPtr path, NamedPatterns patterns, ExpressionPtr body);
  // If nothing matches: null, false, nobody or an empty list, by the type of the body.
  Value evaluate(EvalContext& context) const override;

 private:
  const ExpressionPtr path_;
  const NamedPatterns patterns_;
  const ExpressionPtr body_;
};

// path('/libxl/$DOMID/device/$kind'): a path with names put into it. Null if one of them is.
class PathTemplate : public Expression {
 public:
  // Text, then what is put behind it: of the last piece nothing.
  struct Piece {
    std::string text;
    ExpressionPtr name;
  };
  explicit PathTemplate(std::vector<Piece> pieces);
  Value evaluate(EvalContext& context) const override;

 private:
  const std::vector<Piece> pieces_;
};

}  // namespace xsaudit
