// The names that an expression may use, and the slots that the finished rule needs in a context.
// Filled while a rule is loaded: first the variables of its patterns, then each name under `let`,
// then the expressions. Used by one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/check/type.h"
#include "rules/eval/eval_context.h"
#include "rules/eval/expression.h"

namespace xsaudit {

class Scope {
 public:
  struct Name {
    enum class Kind : std::uint8_t { bound, let, value_of_node };
    Kind kind = Kind::bound;
    std::string name;
    Type type;
    Slot slot = 0;
    Reads reads;  // of a let: what its expression reads
  };

  Scope();  // `node` and `value`

  // The innermost of this name, or null.
  const Name* find(std::string_view name) const;
  std::vector<std::string_view> names() const;

  // A new name with a slot of its own; nothing if there are too many.
  std::optional<Slot> bind(std::string name, Type type);
  std::optional<Slot> let(std::string name, const Expression& expression);

  // Ends the names of an inner part of an expression.
  std::size_t mark() const { return names_.size(); }
  void forget_since(std::size_t mark);

  std::size_t new_search() { return layout_.searches++; }
  std::size_t new_store_value() { return layout_.store_values++; }
  const SlotLayout& layout() const { return layout_; }

 private:
  std::optional<Slot> new_slot();

  std::vector<Name> names_;
  SlotLayout layout_;
};

}  // namespace xsaudit
