// The syntax tree of an expression before names are looked up. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/syntax/lexer.h"

namespace xsaudit {

enum class Operator : std::uint8_t {
  none,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  plus,
  minus,
  times,
  divide,
  remainder,
};

struct Syntax {
  enum class Kind : std::uint8_t {
    null,
    boolean,      // number: 0 or 1
    integer,      // number
    text,         // text
    name,         // text
    list,         // children: the items
    negation,     // !a
    minus,        // -a
    conjunction,  // a && b && …
    disjunction,  // a || b || …
    binary,       // a op b
    conditional,  // a ? b : c
    call,         // text(children…)
    method,       // children[0].text(children[1]…)
  };
  Kind kind = Kind::null;
  Operator op = Operator::none;
  std::size_t offset = 0;       // where an error about it points
  std::size_t text_offset = 0;  // of a text: its first byte after the quote
  std::size_t depth = 1;        // levels of this tree
  std::string text;
  std::int64_t number = 0;
  std::vector<Syntax> children;
};

// Parses the text of an expression. The grammar is in rules/README.md. A tree has at most
// kMaxExpressionDepth levels, so later code may recurse. Any thread.
inline constexpr std::size_t kMaxExpressionDepth = 64;

// If `end` is given, the expression is part of a message from `begin` to a '}', whose offset it
// gets.
Result<Syntax> parse_expression(const ExpressionText& text, std::size_t begin = 0,
                                std::size_t* end = nullptr);

}  // namespace xsaudit
