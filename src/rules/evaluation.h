// A place where a rule is violated, small, because a guest can make a million of them. Grouping,
// yielding, suppressions and the second look work on hits; findings are made of what is left
// (rule_report.h). Plain values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/audit_context.h"
#include "rules/functions/store_index.h"
#include "rules/rule.h"
#include "rules/rule_set.h"
#include "store/snapshot.h"

namespace xsaudit {

struct Rule;

// What a second look at the same store said of a hit.
enum class Recheck : std::uint8_t {
  none,       // there was none, or it was not for this hit
  seen_once,  // there was none, and the hit may pass: it is no more than info
  again,      // the rule is violated there as before
  renamed,    // another rule now says the same thing, or says it at the same node
  not_seen,   // it could not tell
  gone,       // the place was seen, and all is well there
};

struct Hit {
  NodeId node = kNoNode;
  std::uint32_t alternative = 0;  // of the rule's patterns
  std::uint16_t later_rule = 0;   // of Recheck::renamed: the index of the other rule
  Severity severity = Severity::info;
  bool severity_sure = true;        // no condition that could have made it another was unknown
  bool relies_on_liveness = false;  // it assumes that some domain is not running
  bool either_way = false;  // it is not known whether a domain is alive, and wrong either way
  bool confirmed = true;    // worth a finding though it was seen once only
  Recheck recheck = Recheck::none;

  // What decide_who_yields() made of it.
  bool silent = false;     // one at least as grave speaks for it
  bool set_aside = false;  // in a finding that is suppressed: it speaks for no other
  std::int8_t said = -1;   // how grave the worst is that is said of it; -1: nothing is
};

// One hit yields to another at another node.
struct Yield {
  NodeId node = kNoNode;   // of the hit that yields
  std::uint32_t rule = 0;  // the index of the other one's rule
  NodeId at = kNoNode;     // and its node
};

// One rule that could not be decided for one reason, however many the places.
struct NotEvaluated {
  const Rule* rule = nullptr;
  std::string path;      // the first such place, raw
  std::string reason;    // "/a/b: its value is not known: it could not be read"; safe to print
  bool by_form = false;  // true: the form of the recording can never hold it
  std::uint64_t count = 1;
  // It is not known whether domains are alive: the first of them, sorted.
  bool by_liveness = false;
  std::vector<Domid> domids;
  static constexpr std::size_t kMaxDomids = 10;
};

struct RuleHits {
  std::vector<Hit> hits;      // by node, each node once
  std::vector<Yield> yields;  // by node; those to a hit at the same node go without saying
  std::vector<NotEvaluated> not_evaluated;
  // Whether the rule was judged at every node before the time was up. If not, what it found until
  // then is here, and that is among what was not evaluated.
  bool finished = true;
  std::uint64_t steps = 0;  // what judging it cost (judging_clock.h)

  const Hit* at(NodeId node) const;  // null if there is none
  // Of the hit at this node: whether it was not set aside before.
  bool set_aside(NodeId node);
};

// By the rule's place in its set.
using AllHits = std::vector<RuleHits>;

// Running rules over a snapshot: first every hit of every rule, then what there is to say of them,
// and every place where a rule could not be decided, with the reason. Where it is not known whether
// a domain is alive, what is wrong either way is a hit (either_way.h). In between hits can be taken
// away or changed (audit/second_look.h). The result holds no view into the snapshot. Several
// threads may evaluate over the same facts at once, each with columns of its own.

// One thing by which a rule knows a fault again: a text, or a set of domains.
struct StatePart {
  std::string text;
  std::optional<DomainSet> domains;
};

struct Violation {
  const Rule* rule = nullptr;
  Severity severity = Severity::info;
  bool confirmed = true;  // worth a finding though it was seen once only
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
  bool is_line() const { return rule->is_note && severity == Severity::info; }
};

struct Evaluation {
  std::vector<Violation> violations;        // by rule, then in the snapshot's order
  std::vector<NotEvaluated> not_evaluated;  // by rule
  std::vector<std::uint64_t> steps;         // by rule: what judging it cost (judging_clock.h)
};

// `told`, where given, hears after each rule how many are done. Once the time that the columns have
// is up no further node is judged; how far it came by then differs from run to run.
AllHits find_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                  const std::function<void(std::size_t)>& told = {});

// What is said of the hits that are not silent, and what was not evaluated. The hits are of these
// facts.
Evaluation report_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                       const AllHits& all);

// All of it, of a store that is looked at once.
Evaluation evaluate(const RuleSet& rules, const AuditContext& facts,
                    const std::function<void(std::size_t)>& told = {},
                    const JudgingClock::Limit& limit = {});

}  // namespace xsaudit
