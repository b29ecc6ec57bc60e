// All matches of a search's pattern, by what tells them apart. Made once for each search of a
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

  // Matches with these variables and keys.
  Range matches(std::uint64_t where, std::uint64_t what) const;
  // All matches with these variables whose keys are known, or are not.
  Range matches(std::uint64_t where) const;
  Range without_keys(std::uint64_t where) const;

  // The first node whose children are not all known, so that a match for these variables may be
  // missing below it; kNoNode if there is none.
  NodeId gap(EvalContext& context, std::span<const Value> outer) const;

  // Gives the search's names what an entry binds them to. False if that is not what they are bound
  // to outside: then two hashes fell together.
  bool bind(EvalContext& context, const Entry& entry, std::span<const Value> outer);

  // kSecretMark if a key of some match is a secret: then even that nothing matches depends on one.
  Marks secret_keys() const { return secret_keys_; }

  // Whether one more match may be looked at. A guest can give many nodes one key; what all
  // evaluations together may look at grows with the number of matches and of evaluations.
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

// Appends what tells a known value from every other one of its type.
void append_key(EvalContext& context, const Value& value, std::string& key);

}  // namespace xsaudit
