// A message with expressions in braces: "{node} says {value}". What is put in is made safe to
// print: bytes escaped, long texts and lists shortened. In commands nothing is shortened: a list
// becomes one word for each item, and a line is left out if one of its expressions is null or
// unknown, or cannot be written in full. A brace that is none is written twice. Immutable; any
// thread.
#pragma once

#include <string>
#include <vector>

#include "rules/language/expression.h"
#include "rules/language/lexer.h"
#include "rules/language/scope.h"
#include "schema/pattern.h"

namespace xsaudit {

class Message {
 public:
  enum class Use {
    sentence,  // for people
    command,   // lines for a shell: what it could take for more than one plain word is quoted
  };

  static Result<Message> compile(const ExpressionText& text, Scope& scope,
                                 const VariableTypes& types, Use use);
  std::string text(Frame& frame) const;

 private:
  struct Piece {
    std::string text;
    ExpressionPtr value;  // behind the text; null behind the last
  };
  std::string sentence(Frame& frame) const;
  std::string commands(Frame& frame) const;

  std::vector<Piece> pieces_;
  Use use_ = Use::sentence;
};

// A value as a reader should see it: "nothing" for null, "domains 3 and 5", "a, b and c".
std::string shown(Frame& frame, const Value& value);

}  // namespace xsaudit
