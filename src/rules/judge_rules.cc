#include "rules/judge_rules.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "base/parallel_for.h"
#include "rules/rule_run.h"
#include "rules/thread_indexes.h"

namespace xsaudit {
namespace {

RuleHits judge(const RuleSet& rules, std::size_t rule, const AuditContext& facts,
               StoreIndex& store_index, const ShapeMatches* matches) {
  const std::uint64_t steps = store_index.clock().steps();
  RuleHits hits;
  if (matches == nullptr) {
    hits = RuleRun(rules.rules()[rule], facts, store_index, RuleRun::Shortcuts::none).find(nullptr);
  } else {
    const RuleRun::Matches own = matches_of(rules, rule, *matches);
    RuleRun run(rules.rules()[rule], facts, store_index);
    hits = run.find(matches->complete() ? &own : nullptr);
  }
  hits.steps = store_index.clock().steps() - steps;
  return hits;
}

// Whether a hit of another rule at another node may supersede some hit of the rule.
bool may_be_superseded_elsewhere(const RuleProgram& program, std::size_t rule, const AllHits& all) {
  return !all[rule].hits.empty() &&
         std::any_of(program.superseded_by.begin(), program.superseded_by.end(),
                     [&](const RuleProgram::Superseder& superseder) {
                       return superseder.at != nullptr && !all[superseder.rule].hits.empty();
                     });
}

// Each rule is judged by one thread, so that what it finds is the same for any
// number of threads. Rules with many names under `let` take longest.
AllHits judge_all(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                  const ShapeMatches* matches, const JudgingWork& work) {
  AllHits all(rules.rules().size());
  const std::vector<std::size_t> order = largest_first(all.size(), [&](std::size_t rule) {
    return rules.rules()[rule].program->layout.lets.size();
  });
  ThreadIndexes indexes(store_index);
  std::atomic<std::size_t> done = 0;
  parallel_for(all.size(), work.threads, [&](std::size_t turn) {
    const std::size_t rule = order[turn];
    StoreIndex& index = indexes.take();
    all[rule] = judge(rules, rule, facts, index, matches);
    indexes.give_back(index);
    if (work.on_progress) work.on_progress(++done);
  });
  find_supersessions(rules, facts, store_index, all);
  return all;
}

}  // namespace

RuleRun::Matches matches_of(const RuleSet& rules, std::size_t rule, const ShapeMatches& matches) {
  RuleRun::Matches own(rules.rules()[rule].program->match.alternatives.size());
  for (std::size_t i = 0; i < own.size(); ++i) {
    own[i] = matches.nodes(rules.patterns().shape(rule, i));
  }
  return own;
}

void find_supersessions(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                        AllHits& all) {
  for (std::size_t rule = 0; rule < all.size(); ++rule) {
    all[rule].supersessions.clear();
    if (!may_be_superseded_elsewhere(*rules.rules()[rule].program, rule, all)) continue;
    const ValueReads::Scope scope(facts.snapshot.reads(), static_cast<std::uint32_t>(rule));
    RuleRun(rules.rules()[rule], facts, store_index).find_supersessions(all, all[rule]);
  }
}

AllHits judge_rules(const RuleSet& rules, const AuditContext& facts, StoreIndex& store_index,
                    const ShapeMatches& matches, const JudgingWork& work) {
  return judge_all(rules, facts, store_index, &matches, work);
}

AllHits judge_rules_one_by_one(const RuleSet& rules, const AuditContext& facts,
                               StoreIndex& store_index) {
  return judge_all(rules, facts, store_index, nullptr, {});
}

}  // namespace xsaudit
