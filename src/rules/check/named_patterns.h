// The patterns of one text with braces, and the names of their variables in an expression. A name
// that one alternative lacks is null if that one matched. Immutable; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rules/eval/expression.h"
#include "schema/pattern.h"

namespace xsaudit {

struct NamedPatterns {
  struct Variable {
    std::string name;
    Type type;
    Slot slot = 0;        // where the context has it
    ExpressionPtr outer;  // what it must be equal to, if the name is bound outside already
  };
  struct Alternative {
    Pattern pattern;
    std::vector<std::size_t> variables;  // the pattern's, by index: which of `variables` it is
  };
  std::vector<Variable> variables;
  std::vector<Alternative> alternatives;

  SlotSet slots() const;
  Reads outer_reads() const;

  // Binds the names to the variables of a match of an alternative.
  void bind(EvalContext& context, const Alternative& alternative,
            const std::vector<Binding>& bindings) const;

  // Whether the bindings so far equal the values of the names outside: `outer`, by variable, known
  // and not null.
  bool agree(EvalContext& context, const Alternative& alternative,
             const std::vector<Binding>& bindings, std::span<const Value> outer) const;
};

// The type of a variable's value.
Type type_of(VariableType type);

}  // namespace xsaudit
