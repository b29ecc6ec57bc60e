// From the text of an expression to its tree. The grammar is in rules/README.md. A tree has at most
// kMaxExpressionDepth levels, so what walks it later may recurse. Any thread.
#pragma once

#include "rules/language/lexer.h"
#include "rules/language/syntax.h"

namespace xsaudit {

inline constexpr std::size_t kMaxExpressionDepth = 64;

// `end`, if given: the expression stands in a message from `begin` to a '}', whose offset it gets.
Result<Syntax> parse_expression(const ExpressionText& text, std::size_t begin = 0,
                                std::size_t* end = nullptr);

}  // namespace xsaudit
