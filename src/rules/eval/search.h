// any('pattern', body), all('pattern', body), count('pattern', body): over all nodes of the store
// that match the pattern. Variables that are bound outside select the matches that count; the body
// can use the other variables and `it`, the path of the match.
//
// A rule over all pairs of nodes must not take time in the square of their number. So all matches
// are visited once and put into an index (search_index.h): by the variables bound outside, and by
// the inner sides of those equalities without which the body cannot decide anything. Each
// evaluation then visits the few matches that remain.
#pragma once

#include <vector>

#include "rules/check/named_patterns.h"
#include "rules/eval/expression.h"

namespace xsaudit {

// The parts of a search.
struct SearchParts {
  enum class Kind : std::uint8_t { any, all, count };
  // An equality whose inner side reads only the match and whose outer side does not read the match.
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
