// A message with expressions in braces: "{node} contains {value}". Inserted values are safe to
// print: bytes are escaped, long texts and lists are shortened. A literal brace is written twice.
//
// An unknown value cannot be inserted. A clause that needs it is left out if it only adds to the
// clauses before it: a clause that begins with ", ", "; ", ". " or " (". The expression
// "{condition ? ', text' : ''}" is left out in the same way.
//
// Commands are never shortened: a list becomes one word for each item, and a line is left out if
// one of its expressions is null or unknown, or cannot be written in full. A comment that ends with
// ':' is left out with the command that it introduces. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/check/scope.h"
#include "rules/eval/expression.h"
#include "rules/syntax/lexer.h"
#include "schema/pattern.h"

namespace xsaudit {

class Message {
 public:
  enum class Use {
    sentence,  // for people
    command,   // lines for a shell: a text that is not one plain word is quoted
  };

  static Result<Message> compile(const ExpressionText& text, Scope& scope,
                                 const VariableTypes& types, Use use);
  // Nothing if a clause that cannot be left out needs an unknown value.
  std::optional<std::string> text(EvalContext& context) const;

 private:
  struct Piece {
    std::string text;
    ExpressionPtr value;    // inserted after `text`; null in the last piece of a clause
    bool addition = false;  // the value may be an empty text, so that it can be left out
  };
  struct Clause {
    bool optional = false;
    bool in_brackets = false;
    std::vector<Piece> pieces = std::vector<Piece>(1);
  };
  void add_text(std::string_view text);
  void add_value(ExpressionPtr value);
  std::optional<std::string> shown_value(EvalContext& context, const Expression& value) const;

  std::vector<Clause> clauses_ = std::vector<Clause>(1);
  Use use_ = Use::sentence;
};

// A value as text for people: "nothing" for null, "domains 3 and 5", "a, b and c".
std::string shown(EvalContext& context, const Value& value);

}  // namespace xsaudit
