// any('pattern', body), all('pattern', body), count('pattern', body): over all nodes of the store
// that match the pattern. Variables that are bound outside say which of them count; the others, and
// `it`, the path of the match, are names for the body.
//
// A rule over all pairs of nodes must not take time in the square of their number. So all matches
// are looked at once and put into an index (search_index.h): by the variables bound outside, and by
// the inner sides of those equalities without which the body cannot decide anything. Each
// evaluation then looks at the few matches that are left.
#pragma once

#include <vector>

#include "rules/check/named_patterns.h"
#include "rules/eval/expression.h"

namespace xsaudit {

// What a search is made of.
struct SearchParts {
  enum class Kind : std::uint8_t { any, all, count };
  // An equality of which one side reads the match alone, and the other nothing of it.
  struct Key {
    const Expression* inner = nullptr;
    const Expression* outer = nullptr;
  };

  Kind kind = Kind::any;
  std::size_t index = 0;  // among the searches of the context
  NamedPatterns patterns;
  Slot it = 0;
  ExpressionPtr body;
  std::vector<Key> keys;  // found by Search
};

class Search : public Expression {
 public:
  explicit Search(SearchParts parts);
  Value evaluate(EvalContext& context) const override;

 private:
  class Tally;
  const SearchParts parts_;
};

}  // namespace xsaudit
