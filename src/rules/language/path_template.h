// path('/libxl/$DOMID/device/$kind'): a path with names put into it. Null if one of them is.
#pragma once

#include <string>
#include <vector>

#include "rules/language/expression.h"

namespace xsaudit {

class PathTemplate : public Expression {
 public:
  // Text, then what is put behind it: of the last piece nothing.
  struct Piece {
    std::string text;
    ExpressionPtr name;
  };
  explicit PathTemplate(std::vector<Piece> pieces);
  Value evaluate(Frame& frame) const override;

 private:
  const std::vector<Piece> pieces_;
};

}  // namespace xsaudit
