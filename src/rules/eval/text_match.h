// text.matches('…'): whether a regular expression matches part of a text.
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

// matches_pattern(path, 'pattern') and matches_pattern(path, 'pattern', expression): whether a
// path, such as the value of a node, matches a pattern; or, with an expression, its value with the
// variables that the pattern binds. Variables bound outside must have the same value.
class MatchesPattern : public Expression {
 public:
  // Without a body the value is whether the path matches.
  MatchesPattern(ExpressionPtr path, NamedPatterns patterns, ExpressionPtr body);
  // If the path does not match: null, false, or an empty set or list, by the type of the body.
  Value evaluate(EvalContext& context) const override;

 private:
  const ExpressionPtr path_;
  const NamedPatterns patterns_;
  const ExpressionPtr body_;
};

// path('/libxl/$DOMID/device/$kind'): a path with names inserted. Null if one of them is null.
class PathTemplate : public Expression {
 public:
  // A literal text and the name that follows it; null in the last piece.
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
