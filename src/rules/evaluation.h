// Running rules over a snapshot: first every hit of every rule, then what there is to say of them,
// and every place where a rule could not be decided, with the reason. Where it is not known whether
// a domain is alive, what is wrong either way is a hit (either_way.h). In between hits can be taken
// away or changed (audit/second_look.h). The result holds no view into the snapshot. Several
// threads may evaluate over the same facts at once, each with columns of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/facts.h"
#include "rules/hit.h"
#include "rules/judging_clock.h"
#include "rules/language/columns.h"
#include "rules/rule_set.h"
#include "rules/severity.h"

namespace xsaudit {

// One thing by which a rule knows a fault again: a text, or a set of domains.
struct StatePart {
  std::string text;
  std::optional<DomainSet> domains;
};

struct Violation {
  const Rule* rule = nullptr;
  Severity severity = Severity::info;
  bool proven = true;  // worth a finding though it was seen once only
  NodeId node = kNoNode;
  std::string path;     // raw store path
  std::string message;  // safe to print: every value in it is escaped and bounded
  std::string fix;      // commands to review, safe to print and to paste; may be empty
  // The rule's variables at this place: ("DOMID", "3"), ("KIND", "vif"), …
  std::vector<std::pair<std::string, std::string>> bindings;
  // Paths whose value and permissions prove it: the node itself first, then those the rule names.
  std::vector<std::string> evidence;
  std::vector<StatePart> state;  // what the rule's expressions under `known_by` give
  // How many nodes it stands for, and some of their paths, where there are several: a fault of a
  // whole subtree, or more faults of one guest than are worth telling apart.
  std::uint64_t count = 1;
  std::vector<std::string> samples;
  std::vector<NodeId> others;  // all that it stands for beside `node`

  // It is told as a line about the guest, not as a finding.
  bool is_line() const { return rule->says_line && severity == Severity::info; }
};

struct Evaluation {
  std::vector<Violation> violations;        // by rule, then in the snapshot's order
  std::vector<NotEvaluated> not_evaluated;  // by rule
  std::vector<std::uint64_t> steps;         // by rule: what judging it cost (judging_clock.h)
};

// `told`, where given, hears after each rule how many are done. Once the time that the columns have
// is up no further node is judged; how far it came by then differs from run to run.
AllHits find_hits(const RuleSet& rules, const Facts& facts, Columns& columns,
                  const std::function<void(std::size_t)>& told = {});

// What is said of the hits that are not silent, and what was not evaluated. The hits are of these
// facts.
Evaluation report_hits(const RuleSet& rules, const Facts& facts, Columns& columns,
                       const AllHits& all);

// All of it, of a store that is looked at once.
Evaluation evaluate(const RuleSet& rules, const Facts& facts,
                    const std::function<void(std::size_t)>& told = {},
                    const JudgingClock::Limit& limit = {});

}  // namespace xsaudit
