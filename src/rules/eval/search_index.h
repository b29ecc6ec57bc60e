// All matches of a search's pattern, sorted by variables and keys. Made once for each search of a
// context, in one walk over the store, and owned by the context.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rules/eval/search.h"

namespace xsaudit {

class SearchIndex {
 public:
  struct Entry {
    std::uint64_t where = 0;  // hash of the variables that are bound outside
    std::uint64_t what = 0;   // hash of the inner sides of the keys
    NodeId node = kNoNode;
    NodeId top = kNoNode;  // where the pattern's own components end: above `node` for **
    std::uint32_t alternative = 0;
  };
  using Range = std::pair<const Entry*, const Entry*>;

  SearchIndex(const SearchParts& parts, EvalContext& context);

  // The matches with these variables and keys.
  Range matches(std::uint64_t where, std::uint64_t what) const;
  // All matches with these variables whose keys are known; those whose keys are unknown.
  Range matches(std::uint64_t where) const;
  Range without_keys(std::uint64_t where) const;

  // The first node whose children are not all known, so that a match for these variables may be
  // missing below it; kNoNode if there is none.
  NodeId gap(EvalContext& context, std::span<const Value> outer) const;

  // Binds the search's names to the values of an entry. False if the variables differ from those
  // bound outside: two hashes were equal by accident.
  bool bind(EvalContext& context, const Entry& entry, std::span<const Value> outer);

  // kSecretMark if a key of some match is a secret: then a result without matches depends on a
  // secret, too.
  Marks secret_keys() const { return secret_keys_; }

  // Whether one more match may be visited. A guest can give many nodes the same key, so the total
  // is bounded in proportion to the number of matches and evaluations.
  void begin_evaluation() { budget_ += kBudget; }
  bool spend() { return budget_ > 0 && budget_-- > 0; }

  std::string& scratch() { return key_; }

 private:
  static constexpr std::uint64_t kBudget = 64;
  static constexpr std::uint64_t kBaseBudget = 1000000;
  static constexpr std::size_t kMaxGaps = 64;
  struct Gap {
    NodeId node = kNoNode;
    std::size_t alternative = 0;
    std::vector<Binding> bindings;  // of the variables bound on the way to it
  };

  void add(EvalContext& context, std::size_t alternative, NodeId node, NodeId top,
           const std::vector<Binding>& found);

  const SearchParts& parts_;
  std::vector<Entry> entries_;       // sorted by where, what, node
  std::vector<Entry> without_keys_;  // likewise
  std::vector<Gap> gaps_;
  NodeId gap_anywhere_ = kNoNode;  // the first for which there was no room in gaps_
  Marks secret_keys_ = 0;
  std::uint64_t budget_ = kBaseBudget;
  std::string key_;                // scratch
  std::vector<Binding> bindings_;  // scratch
};

// Appends bytes that differ for any two different known values of one type.
void append_key(EvalContext& context, const Value& value, std::string& key);

}  // namespace xsaudit
