// What there is to say of the places where one rule is violated: which of them a graver rule speaks
// for, which go together and are told as one, and of each its severity, message and evidence. Moves
// the frame of the RuleRun that found them. Used once, by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/evaluation.h"
#include "rules/language/frame.h"
#include "rules/rule_program.h"

namespace xsaudit {

// For each rule that others yield to: the nodes where it is violated. Empty for the others.
using FiredNodes = std::vector<std::vector<bool>>;

// A place where a rule is violated.
struct Hit {
  NodeId node;
  std::uint32_t alternative;  // of the rule's patterns
  bool took_for_dead;         // the violation rests on some domain being dead
};

class RuleReport {
 public:
  // Findings of one rule and one guest that are told one by one. A guest can break a rule at each
  // of its nodes, with paths of 2,048 bytes that each finding repeats; beyond this they are
  // counted.
  static constexpr std::uint64_t kMostPerGuest = 25;

  RuleReport(const Rule& rule, const Facts& facts, Frame& frame);

  void tell(const std::vector<Hit>& all_hits, const FiredNodes& fired, Evaluation& into);

 private:
  // A place to be told, with those below that go with it.
  struct Told {
    Hit hit;
    std::vector<NodeId> others;
    std::uint64_t count() const { return 1 + others.size(); }
  };

  // Takes the frame back to a place, all names bound.
  void move_to(const Hit& hit);
  bool spoken_for(const FiredNodes& fired);
  // In the order in which one of several that go together is told.
  void gravest_first(std::vector<Hit>& hits);
  // Which of the places go together, and are told as the first of them.
  std::vector<Told> gather(const std::vector<Hit>& hits);
  // What hits[i] belongs to: the index of an earlier one, or i.
  std::size_t first_of_subtree(const std::vector<Hit>& hits, std::size_t i) const;
  std::size_t first_alike(std::size_t i);
  Severity severity(const Hit& hit);
  Violation describe(const Told& told);
  void add_evidence(const Value& value, std::vector<std::string>& evidence);
  bool proven();
  std::string about_liveness(const Hit& hit) const;

  const Rule& rule_;
  const RuleProgram& program_;
  const Facts& facts_;
  Frame& frame_;
  std::vector<Binding> bindings_;                       // scratch
  std::unordered_map<std::string, std::size_t> alike_;  // by what `once_per` gives: the first hit
};

}  // namespace xsaudit
