// A message with expressions in braces: "{node} says {value}". What is put in is made safe to
// print: bytes escaped, long texts and lists shortened. A brace that is none is written twice.
//
// What is not known cannot be put in. A clause that needs it is left out, if it only adds to those
// before it: one that begins with ", ", "; ", ". " or " (". So is "{condition ? ', text' : ''}".
//
// In commands nothing is shortened: a list becomes one word for each item, and a line is left out
// if one of its expressions is null or unknown, or cannot be written in full. A comment that ends
// with ':' is left out with the command that it leads to. Immutable; any thread.
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
    command,   // lines for a shell: what it could take for more than one plain word is quoted
  };

  static Result<Message> compile(const ExpressionText& text, Scope& scope,
                                 const VariableTypes& types, Use use);
  // Nothing where a clause that cannot be left out needs something that is not known.
  std::optional<std::string> text(EvalContext& context) const;

 private:
  struct Piece {
    std::string text;
    ExpressionPtr value;    // behind the text; null behind the last of a clause
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

// A value as a reader should see it: "nothing" for null, "domains 3 and 5", "a, b and c".
std::string shown(EvalContext& context, const Value& value);

}  // namespace xsaudit
