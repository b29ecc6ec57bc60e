// A place where a rule is violated, small, because a guest can make a million of them. Grouping,
// yielding, suppressions and the second look work on hits; findings are made of what is left
// (rule_report.h). Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/severity.h"
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
  bool severity_sure = true;   // no condition that could have made it another was unknown
  bool took_for_dead = false;  // it rests on some domain being dead
  bool either_way = false;     // it is not known whether a domain is alive, and wrong either way
  bool proven = true;          // worth a finding though it was seen once only
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
  static constexpr std::size_t kMostDomids = 10;
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

}  // namespace xsaudit
