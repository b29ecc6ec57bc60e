// A node at which a rule is violated. Hits are small, because a guest can create a million of them.
// Grouping, superseding, suppressions and the re-check work on hits; findings are made of the
// remaining ones (rule_report.h). Plain values; any thread.
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
#include "store/permissions.h"
#include "store/snapshot.h"

namespace xsaudit {

struct Rule;

// The result of the re-check of a hit (audit/second_reading.h).
enum class Recheck : std::uint8_t {
  none,       // there was no re-check, or it did not concern this hit
  seen_once,  // there was none, and the hit is transient: it is at most info
  again,      // the rule is still violated there
  renamed,    // another rule now reports the fault, or a fault at the same node
  not_seen,   // the node could not be judged again
  gone,       // the node was judged again, and the fault is gone
};

struct Hit {
  NodeId node = kNoNode;
  std::uint32_t alternative = 0;  // of the rule's patterns
  std::uint16_t later_rule = 0;   // for Recheck::renamed: the index of the other rule
  Severity severity = Severity::info;
  bool severity_sure = true;        // no condition that could have changed it was unknown
  bool relies_on_liveness = false;  // it assumes that some domain is not running
  bool either_way = false;  // it is unknown whether a domain is running, and a fault in both cases
  bool confirmed = true;    // worth a finding even if it was seen only once
  Recheck recheck = Recheck::none;

  // The result of mark_superseded().
  bool superseded = false;  // a hit at least as severe supersedes it
  bool suppressed = false;  // part of a suppressed finding: it does not supersede another hit
  std::int8_t reported_severity = -1;  // the highest severity reported for its fault; -1: none
};

// A hit is superseded by a hit at another node.
struct Supersession {
  NodeId node = kNoNode;   // the node of the superseded hit
  std::uint32_t rule = 0;  // the index of the other hit's rule
  NodeId at = kNoNode;     // and the node of the other hit
};

// One rule that could not be decided for one reason, however many the places.
struct NotEvaluated {
  const Rule* rule = nullptr;
  std::string path;      // the first such place, raw
  std::string reason;    // "/a/b: its value is not known: it could not be read"; safe to print
  bool by_form = false;  // the format of the recording never contains the fact
  std::uint64_t count = 1;
  bool everywhere = false;  // the rule could not be decided at any node
  // Whether the reason is that the state of domains is unknown, and the first of these, sorted.
  bool by_liveness = false;
  std::vector<Domid> domids;
  static constexpr std::size_t kMaxDomids = 10;
};

struct RuleHits {
  std::vector<Hit> hits;                    // by node, each node once
  std::vector<Supersession> supersessions;  // by node; only those at other nodes
  std::vector<NotEvaluated> not_evaluated;
  // Whether the rule was judged at every node in time. If not, the hits so far are here, and
  // not_evaluated has an entry for the rest.
  bool finished = true;
  std::uint64_t steps = 0;  // what judging it cost (judging_clock.h)

  const Hit* at(NodeId node) const;  // null if there is none
  // Marks the hit at this node as suppressed. False if it was already.
  bool suppress(NodeId node);
};

// By the index of the rule in its set.
using AllHits = std::vector<RuleHits>;

// Running rules over a snapshot: first all hits of all rules, then the violations to report and the
// rules that could not be decided, with the reason. If it is unknown whether a domain is running, a
// fault in both cases is a hit (either_way.h). Between the two steps hits can be removed or changed
// (audit/second_reading.h). The result holds no view into the snapshot. Several threads may
// evaluate the same facts at once, each with a StoreIndex of its own.

// One part of the state by which a baseline recognises a fault: a text, or a set of domains.
struct StatePart {
  std::string text;
  std::optional<DomainSet> domains;
};

struct Violation {
  const Rule* rule = nullptr;
  Severity severity = Severity::info;
  bool confirmed = true;  // worth a finding even if it was seen only once
  NodeId node = kNoNode;
  std::string path;     // raw store path
  std::string message;  // safe to print: every value in it is escaped and bounded
  std::string fix;      // commands to review, safe to print and to paste; may be empty
  // The rule's variables at this place: ("DOMID", "3"), ("KIND", "vif"), …
  std::vector<std::pair<std::string, std::string>> bindings;
  // Paths of the nodes that prove the fault: the node itself first, then those that the rule names.
  std::vector<std::string> evidence;
  // The path of the wrong node, which determines the domains that could have caused the fault, and
  // whether its permissions are wrong instead of its value. Empty if it is unknown.
  std::string wrong;
  bool wrong_permissions = false;
  // If the wrong node does not exist: the permission lists that the schema describes for it.
  std::vector<Permissions> wrong_described;
  // The domain that caused the fault according to the toolstack's record, and the domain that it
  // harms; nothing if the rule does not determine them.
  std::optional<Domid> suspect;
  std::optional<Domid> victim;
  std::vector<StatePart> state;  // the values of the rule's expressions under `known_by`
  // The number of nodes that it covers, and some of their paths if there are several: a fault of a
  // whole subtree, or the rest of very many faults of one guest.
  std::uint64_t count = 1;
  std::vector<std::string> samples;
  std::vector<NodeId> others;  // all nodes that it covers except `node`

  // It is reported as a note about the guest, not as a finding.
  bool is_note() const { return rule->is_note && severity == Severity::info; }
};

struct Evaluation {
  std::vector<Violation> violations;        // by rule, then in the snapshot's order
  std::vector<NotEvaluated> not_evaluated;  // by rule
  std::vector<std::uint64_t> steps;         // by rule: what judging it cost (judging_clock.h)
};

// The number of threads that judge the rules of one store at the same time. The result is the same
// for any number, unless the time limit ends the evaluation.
struct JudgingWork {
  std::size_t threads = 1;
  // Called after each rule with the number of rules done, by any of the threads.
  std::function<void(std::size_t)> on_progress = {};
};

// No further node is judged once the time limit of the index is reached; the hits then differ from
// run to run.
AllHits find_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                  const JudgingWork& work = {});

// Makes violations of the hits that are not superseded, and collects the rules that could not be
// decided. The hits must be from these facts. The result is the same for any number of threads.
Evaluation report_hits(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                       const AllHits& all, std::size_t threads);

// Both steps, for a store that is read once.
Evaluation evaluate(const RuleSet& rules, const AuditContext& facts, const JudgingWork& work = {},
                    const JudgingClock::Limit& limit = {});

}  // namespace xsaudit
