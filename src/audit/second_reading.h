// Re-checks the hits of the first reading of a live store against a second reading some seconds
// later. A hit of a transient rule is dropped only if the second reading shows that its fault is
// gone: the node is readable and the rule holds there, or the node is known to be absent. If the
// node could not be judged again, the hit is kept. New hits of the second reading are not reported;
// but a fault that another rule now reports is still a fault.
//
// A hit of a rule that is not transient is confirmed by the first reading. If a transient hit
// superseded it and is gone, it is reported after all, unless the second reading shows that it is
// gone, too. Used by one thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "audit/guests.h"
#include "rules/evaluation.h"
#include "rules/rule_run.h"
#include "rules/rule_set.h"

namespace xsaudit {

// Whether a hit of a transient rule is among them.
bool may_pass(const RuleSet& rules, const AllHits& hits);

// For a store that is read only once: transient hits that are not confirmed become info.
void take_as_seen_once(AllHits& hits);
// For a live store that could not be read again: transient hits keep their severity.
void take_as_not_seen_again(const RuleSet& rules, AllHits& hits);

class SecondReading {
 public:
  SecondReading(const RuleSet& rules, const AuditContext& first, StoreIndex& first_index,
                const AuditContext& second, const JudgingClock::Limit& limit = {},
                std::size_t threads = 1);

  // Drops the hits that are gone, and sets Hit::recheck of the others. A fault that persists has
  // the lower severity of the two readings. An error, and no change, if the time for judging was
  // too short.
  Status apply(AllHits& hits);

 private:
  // A hit of a transient rule that is gone, as its rule and its index in the rule's hits, and the
  // most severe hit of the second reading for the same fault.
  struct Passed {
    std::size_t rule;
    std::size_t hit;
    std::size_t later_rule = 0;
    const Hit* later = nullptr;

    void take(std::size_t other, const Hit* found);  // null: nothing
  };
  static Severity severity(const Passed& passed);

  Status judge();
  void recheck(AllHits& hits);
  void recheck(Hit& hit, bool transient, RuleRun& run);
  bool another_guest(std::string_view path);
  void follow_names(AllHits& hits);
  void follow(Passed& passed, const AllHits& hits);
  void follow_those_elsewhere(const AllHits& hits);
  // The hit of `rule` at this node in the second reading, if the first had none.
  const Hit* new_hit(const AllHits& hits, std::size_t rule, const std::string& path) const;
  const Hit* new_hit(const AllHits& hits, std::size_t rule, const Hit& at_second) const;
  void drop(AllHits& hits) const;

  const RuleSet& rules_;
  const AuditContext& first_;
  StoreIndex& first_index_;
  const AuditContext& second_;
  StoreIndex store_index_;
  const std::size_t threads_;
  Guests guests_;
  Guests guests_then_;
  // By rule: it is transient, or a transient rule supersedes it, directly or through others.
  std::vector<bool> rechecked_;
  AllHits later_;                                                // the hits of the second reading
  std::unordered_map<std::string, std::vector<Passed>> passed_;  // by path
};

}  // namespace xsaudit
