// What a guest doubles at most doubles what judging costs, for every rule and everything that a
// guest can make much of. Counted are the steps of judging_clock.h; tests/bench/doubling.cc has
// seconds and bytes of a whole audit.
#include <catch2/catch.hpp>
#include <string>

#include "rules/evaluation.h"
#include "source/recording/dump_reader.h"
#include "support/hostile_stores.h"

namespace xsaudit {
namespace {

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}
const RuleSet& rules() {
  static const RuleSet loaded = *RuleSet::load(embedded_rules(), schema());
  return loaded;
}

Evaluation judge(const std::string& recording) {
  const auto store = read_dump_text(recording, "store");
  if (!store) FAIL(store.error().text());
  INFO((store->info().gaps.empty() ? "" : store->info().gaps.front().what));
  CHECK(store->info().gap_count == 0);
  return evaluate(rules(), AuditContext(schema(), *store));
}

}  // namespace

TEST_CASE("what a guest doubles at most doubles the steps of each rule") {
  for (const HostileStore& made : hostile_stores()) {
    const std::string name = std::string(made.quantity) + " " + made.content;
    INFO(name);
    const Evaluation half = judge(made.recording(made.small));
    const Evaluation once = judge(made.recording(made.small * 2));
    const Evaluation twice = judge(made.recording(made.small * 4));
    for (std::size_t rule = 0; rule < rules().rules().size(); ++rule) {
      // Beyond what the rest of the store costs. Quadratic would be four times as much.
      const auto first =
          static_cast<double>(once.steps[rule]) - static_cast<double>(half.steps[rule]);
      const auto second =
          static_cast<double>(twice.steps[rule]) - static_cast<double>(once.steps[rule]);
      INFO(name << ", " << rules().rules()[rule].id << ": " << half.steps[rule] << ", "
                << once.steps[rule] << ", " << twice.steps[rule] << " steps");
      CHECK(second <= 2.5 * first + 1000);
    }
  }
}

}  // namespace xsaudit
