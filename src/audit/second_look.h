// What a second look at the same store, some seconds later, says of the hits of the first. A hit of
// a rule that settles is dropped only where the second look saw its place and all is well there:
// the node is readable and the rule was decided and holds, or the node is known not to be there.
// What could not be seen keeps its hit. What is new at the second look is not told; but a fault
// that another rule names now is still a fault.
//
// A hit of any other rule is proven by one look. Where it was silent because of one that may pass,
// and that has passed, it is told after all, unless the second look saw that it has passed as well.
// Used by one thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "audit/guests.h"
#include "rules/evaluation.h"
#include "rules/rule_run.h"
#include "rules/rule_set.h"

namespace xsaudit {

// Whether any of the hits may pass.
bool may_pass(const RuleSet& rules, const AllHits& hits);

// A store that is seen once: what may pass, and is not confirmed, is no more than info.
void take_as_seen_once(AllHits& hits);
// A store that could not be looked at again: what may pass keeps its severity.
void take_as_not_seen_again(const RuleSet& rules, AllHits& hits);

class SecondLook {
 public:
  SecondLook(const RuleSet& rules, const AuditContext& first, StoreIndex& first_index,
             const AuditContext& second, const JudgingClock::Limit& limit = {});

  // Drops what has passed, and says of the others what became of them. A fault counts as severe as
  // it was at both looks. An error, and no change, where there was no time for all rules.
  Status settle(AllHits& hits);

 private:
  // A hit of a rule that settles, that is gone: its rule, and where in its hits; and what the
  // second look found of the same thing.
  struct Passed {
    std::size_t rule;
    std::size_t hit;
    std::size_t later_rule = 0;
    const Hit* later = nullptr;

    void take(std::size_t other, const Hit* found);  // null: nothing
  };
  static Severity severity(const Passed& passed);

  Status look();
  void recheck(AllHits& hits);
  void recheck(Hit& hit, bool transient, RuleRun& run);
  bool another_guest(std::string_view path);
  void follow_names(AllHits& hits);
  void follow(Passed& passed, const AllHits& hits);
  void follow_those_elsewhere(const AllHits& hits);
  // The hit that `rule` has there now, and had not.
  const Hit* new_hit(const AllHits& hits, std::size_t rule, const std::string& path) const;
  const Hit* new_hit(const AllHits& hits, std::size_t rule, const Hit& at_second) const;
  void drop(AllHits& hits) const;

  const RuleSet& rules_;
  const AuditContext& first_;
  StoreIndex& first_index_;
  const AuditContext& second_;
  StoreIndex store_index_;
  Guests guests_;
  Guests guests_then_;
  std::vector<bool> looked_at_;  // by rule: it settles, or yields in the end to one that does
  AllHits later_;                // what the second look found
  std::unordered_map<std::string, std::vector<Passed>> passed_;  // by path
};

}  // namespace xsaudit
