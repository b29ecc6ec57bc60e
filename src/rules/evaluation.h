// Running rules over a snapshot. evaluate() gives what was found and, beside it, every place where
// a rule could not be decided, with the reason. The result holds no view into the snapshot.
// Several threads may evaluate over the same facts at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "rules/facts.h"
#include "rules/judging_clock.h"
#include "rules/rule_set.h"
#include "rules/severity.h"

namespace xsaudit {

struct Violation {
  const Rule* rule = nullptr;
  Severity severity = Severity::info;
  // It may pass by itself: the store may be on its way from one state to another. `proven`: it is
  // worth telling though it was seen once only.
  bool settles = false;
  bool proven = true;
  NodeId node = kNoNode;
  std::string path;     // raw store path
  std::string message;  // safe to print: every value in it is escaped and bounded
  std::string fix;      // commands to review, safe to print and to paste; may be empty
  // The rule's variables at this place: ("DOMID", "3"), ("KIND", "vif"), …
  std::vector<std::pair<std::string, std::string>> bindings;
  // Paths whose value and permissions prove it: the node itself first, then those the rule names.
  std::vector<std::string> evidence;
  // How many nodes it stands for, and some of their paths, where there are several: a fault of a
  // whole subtree, or more faults of one guest than are worth telling apart.
  std::uint64_t count = 1;
  std::vector<std::string> samples;
  std::vector<NodeId> others;  // all that it stands for beside `node`

  // It is told as a line about the guest, not as a finding.
  bool is_line() const { return rule->says_line && severity == Severity::info; }
};

// One rule that could not be decided for one reason, however many the places.
struct NotEvaluated {
  const Rule* rule = nullptr;
  std::string path;      // the first such place, raw
  std::string reason;    // "/a/b: its value is not known: it could not be read"; safe to print
  bool by_form = false;  // true: the form of the recording can never hold it
  std::uint64_t count = 1;
};

struct Evaluation {
  std::vector<Violation> violations;        // by rule, then in the snapshot's order
  std::vector<NotEvaluated> not_evaluated;  // by rule
  // By the rule's place in the set: whether it was judged at every node before the time was up. If
  // not, what it found until then is among the violations, and it is among those not evaluated.
  std::vector<bool> finished;
  std::vector<std::uint64_t> steps;  // likewise: what judging it cost (judging_clock.h)
};

// `told`, where given, hears after each rule how many are done. Once the time is up no further node
// is judged; how far it came by then differs from run to run.
Evaluation evaluate(const RuleSet& rules, const Facts& facts,
                    const std::function<void(std::size_t)>& told = {},
                    const JudgingClock::Limit& limit = {});

}  // namespace xsaudit
