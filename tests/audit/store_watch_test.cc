#include "audit/store_watch.h"

#include <catch2/catch.hpp>

#include "rules/testing/fixture_store.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}
const RuleSet& rules() {
  static const RuleSet loaded = *RuleSet::load(embedded_rules(), schema());
  return loaded;
}

// Two interfaces as libxl sets them up; a guest's link and the state of both backends.
std::string text_of(const std::string& link, const std::string& state = "4") {
  std::string text;
  for (const std::string guest : {"3", "4"}) {
    const std::string home = "/local/domain/" + guest;
    const std::string frontend = home + "/device/vif/0";
    const std::string backend = "/local/domain/0/backend/vif/" + guest + "/0";
    text += "/libxl/" + guest + "/device/vif/0/backend = \"" + backend + "\"   (n0)\n";
    text += "/libxl/" + guest + "/device/vif/0/frontend = \"" + frontend + "\"   (n0)\n";
    text += home + " = \"\"   (n0,r" + guest + ")\n";
    text += frontend + "/backend = \"" + (guest == "3" && !link.empty() ? link : backend) +
            "\"   (n" + guest + ",r0)\n";
    text += frontend + "/backend-id = \"0\"   (n" + guest + ",r0)\n";
    text += frontend + "/state = \"4\"   (n" + guest + ",r0)\n";
    text += backend + " = \"\"   (n0,r" + guest + ")\n";
    text += backend + "/frontend = \"" + frontend + "\"   (n0,r" + guest + ")\n";
    text += backend + "/frontend-id = \"" + guest + "\"   (n0,r" + guest + ")\n";
    text += backend + "/state = \"" + state + "\"   (n0,r" + guest + ")\n";
  }
  return text;
}

Snapshot store(const std::string& text) {
  auto made = make_fixture_store({text, Coverage::whole});
  if (!made) FAIL(made.error().text());
  return *std::move(made);
}

AuditOptions options() {
  AuditOptions made;
  made.alive = std::vector<Domid>{0, 3, 4};
  made.with_state = false;
  return made;
}

std::vector<std::string> events(const StoreWatch::Report& report, const StoreWatch& watch,
                                const std::string& rule) {
  std::vector<std::string> all;
  for (const FindingEvent& event : report.events) {
    if (watch.rules()[event.finding.rule].id == rule) all.emplace_back(to_text(event.what));
  }
  return all;
}
using Texts = std::vector<std::string>;

constexpr const char* kLink = "/local/domain/3/device/vif/0/backend";
constexpr const char* kOwn = "/local/domain/0/backend/vif/3/0";
constexpr const char* kOfAnother = "/local/domain/0/backend/vif/4/0";
constexpr const char* kForged = "frontend-link-forged";

NodeFacts link(const std::string& value) {
  return {
      .present = true, .value = value, .permissions = {{.domid = 3}, {.domid = 0, .read = true}}};
}

StoreWatch::Report take(StoreWatch& watch, Snapshot now, std::vector<NodeChange> changes,
                        StoreWatch::Clock::time_point time) {
  watch.add(std::move(changes));
  return watch.take(std::move(now), time);
}

StoreWatch::Clock::time_point at(std::chrono::milliseconds time) {
  return StoreWatch::Clock::time_point(time);
}

std::vector<NodeChange> forged_and_put_back() {
  return {{kLink, link(kOwn), link(kOfAnother), at(100ms)},
          {kLink, link(kOfAnother), link(kOwn), at(103ms)}};
}

}  // namespace

TEST_CASE("a fault is judged as soon as the store has it") {
  StoreWatch watch(schema(), rules(), options());
  CHECK(events(take(watch, store(text_of("")), {}, at(0ms)), watch, kForged).empty());
  const NodeChange change{kLink, link(kOwn), link(kOfAnother), at(5ms)};
  CHECK(events(take(watch, store(text_of(kOfAnother)), {change}, at(5ms)), watch, kForged) ==
        Texts{"new"});
  const NodeChange back{kLink, link(kOfAnother), link(kOwn), at(9ms)};
  CHECK(events(take(watch, store(text_of("")), {back}, at(9ms)), watch, kForged) == Texts{"gone"});
}

TEST_CASE("a link that was forged between two changes is a finding that passed") {
  StoreWatch watch(schema(), rules(), options());
  take(watch, store(text_of("")), {}, at(0ms));
  const std::size_t before = watch.findings();
  const auto report = take(watch, store(text_of("")), forged_and_put_back(), at(110ms));
  REQUIRE(events(report, watch, kForged) == Texts{"passed"});
  CHECK(report.events.size() == 1);
  CHECK(report.events[0].lasted == 3ms);
  CHECK(report.events[0].finding.path == kLink);
  CHECK(watch.findings() == before);
}

TEST_CASE("states within a burst are judged up to a limit, and the others counted") {
  StoreWatch watch(schema(), rules(), options());
  take(watch, store(text_of("")), {}, at(0ms));
  std::vector<NodeChange> changes;
  std::string value = kOwn;
  for (std::size_t i = 0; i < StoreWatch::kMaxPassing + 7; ++i) {
    const std::string next = "/local/domain/0/backend/vif/4/" + std::to_string(i);
    changes.push_back({kLink, link(value), link(next), at(std::chrono::milliseconds(i))});
    value = next;
  }
  changes.push_back({kLink, link(value), link(kOwn), at(1000ms)});
  const auto report = take(watch, store(text_of("")), changes, at(1001ms));
  CHECK(report.not_judged == 7);
  CHECK_FALSE(report.events.empty());
}

TEST_CASE("a fault that can disappear counts when it is there in two stores") {
  StoreWatch watch(schema(), rules(), options());
  const std::string rule = "xenbus-state-mismatch";
  const NodeChange change{"/local/domain/0/backend/vif/3/0/state", {}, {}, at(1ms)};
  take(watch, store(text_of("")), {}, at(0ms));
  CHECK(events(take(watch, store(text_of("", "2")), {change}, at(1000ms)), watch, rule).empty());
  // The store before the change is compared with it first.
  REQUIRE(watch.settle_at());
  CHECK(events(watch.settle(at(2000ms)), watch, rule).empty());
  REQUIRE(watch.settle_at());
  const auto found = events(watch.settle(at(4000ms)), watch, rule);
  CHECK(found == Texts{"new", "new"});
  CHECK_FALSE(watch.settle_at());
  take(watch, store(text_of("")), {change}, at(5000ms));
  CHECK(events(watch.settle(at(7000ms)), watch, rule) == Texts{"gone", "gone"});
}

TEST_CASE("the numbers of a watch are those of an audit of the store as it is") {
  const auto number = [](const ResultCounts& counts, const std::string& rule) {
    return counts.by_rule[static_cast<std::size_t>(rules().find(rule) - rules().rules().data())];
  };
  const auto text_of_counts = [](const ResultCounts& counts) {
    std::string text = counts.failed ? "failed" : "not failed";
    const auto add = [&](const std::string& what, std::uint64_t count) {
      if (count > 0) text += ", " + std::to_string(count) + " " + what;
    };
    for (std::size_t i = 0; i < counts.by_severity.size(); ++i) {
      add(to_text(static_cast<Severity>(i)), counts.by_severity[i]);
    }
    for (std::size_t i = 0; i < counts.by_rule.size(); ++i) {
      add(rules().rules()[i].id, counts.by_rule[i]);
      add("places of " + rules().rules()[i].id, counts.undecided[i]);
    }
    add("suppressed", counts.suppressed);
    add("known", counts.known);
    add("sources", counts.sources);
    add("incomplete", counts.incomplete);
    add("nodes", counts.nodes);
    return text;
  };
  const auto audited = [&](const std::string& text) {
    Auditor auditor(schema(), rules(), options());
    auditor.add("live", store(text));
    return text_of_counts(count(std::move(auditor).finish()));
  };
  StoreWatch watch(schema(), rules(), options());
  take(watch, store(text_of("")), {}, at(0ms));
  CHECK(text_of_counts(watch.counts()) == audited(text_of("")));
  const ResultCounts before = watch.counts();
  CHECK(number(before, kForged) == 0);

  watch.add({{kLink, link(kOwn), link(kOfAnother), at(5ms)}});
  watch.judge(at(15ms));
  CHECK(number(watch.counts(), kForged) == 1);
  CHECK(watch.counts().failed);
  CHECK(text_of_counts(watch.counts()) == audited(text_of(kOfAnother)));
  watch.add({{kLink, link(kOfAnother), link(kOwn), at(20ms)}});
  watch.judge(at(30ms));
  CHECK(text_of_counts(watch.counts()) == text_of_counts(before));

  // What was there only between two changes is not there.
  watch.add(forged_and_put_back());
  watch.judge(at(130ms));
  CHECK(text_of_counts(watch.counts()) == text_of_counts(before));

  // A fault that can disappear counts once, when it has settled and when other nodes change later.
  const std::string rule = "xenbus-state-mismatch";
  const NodeChange change{"/local/domain/0/backend/vif/3/0/state", {}, {}, at(1ms)};
  take(watch, store(text_of("", "2")), {change}, at(1000ms));
  CHECK(text_of_counts(watch.counts()) == audited(text_of("", "2")));
  while (watch.settle_at()) watch.settle(*watch.settle_at());
  const ResultCounts settled = watch.counts();
  CHECK(number(settled, rule) == 2);
  CHECK(settled.by_severity[static_cast<std::size_t>(Severity::info)] ==
        before.by_severity[static_cast<std::size_t>(Severity::info)]);
  take(watch, store(text_of("", "2")), {change}, at(9000ms));
  CHECK(text_of_counts(watch.counts()) == text_of_counts(settled));
}

TEST_CASE("where only values change the store is not needed") {
  StoreWatch watch(schema(), rules(), options());
  take(watch, store(text_of("")), {}, at(0ms));
  CHECK_FALSE(watch.due());
  watch.add({{kLink, link(kOwn), link(kOfAnother), at(5ms)}});
  REQUIRE(watch.due());
  CHECK(*watch.due() == at(5ms) + StoreWatch::kQuiet);
  CHECK_FALSE(watch.needs_store());
  CHECK(events(watch.judge(at(15ms)), watch, kForged) == Texts{"new"});
  CHECK_FALSE(watch.due());
  watch.add({{kLink, link(kOfAnother), link(kOwn), at(20ms)}});
  CHECK(events(watch.judge(at(30ms)), watch, kForged) == Texts{"gone"});
  watch.add(forged_and_put_back());
  CHECK(events(watch.judge(at(130ms)), watch, kForged) == Texts{"passed"});
}

TEST_CASE("a burst is judged after the longest time although changes go on") {
  StoreWatch watch(schema(), rules(), options());
  take(watch, store(text_of("")), {}, at(0ms));
  std::string value = kOwn;
  for (int i = 1; i < 50; ++i) {
    const std::string next = "/local/domain/0/backend/vif/4/" + std::to_string(i);
    watch.add({{kLink, link(value), link(next), at(std::chrono::milliseconds(5 * i))}});
    value = next;
  }
  REQUIRE(watch.due());
  CHECK(*watch.due() == at(5ms) + StoreWatch::kLongestBurst);
}

TEST_CASE("a value on which nothing depends begins no burst") {
  const std::string path = "/local/domain/3/data/updated";
  const std::string line = path + " = \"Sun Nov 29\"   (n3,r0)\n";
  StoreWatch watch(schema(), rules(), options());
  take(watch, store(text_of("") + line), {}, at(0ms));
  const auto text = [&](const std::string& value) { return link(value); };
  watch.add({{path, text("Sun Nov 29"), text("Mon Nov 30"), at(5ms)}});
  CHECK_FALSE(watch.due());
  // It may be too large now.
  watch.add({{path, text("Mon Nov 30"), text(std::string(2000, 'x')), at(6ms)}});
  CHECK(watch.due());
  CHECK_FALSE(watch.needs_store());
}

TEST_CASE("a change of more than values needs the store") {
  const NodeFacts other{.present = true, .value = kOwn, .permissions = {{.domid = 4}}};
  const NodeChange changes[] = {{kLink, link(kOwn), {}, at(5ms)},
                                {"/local/domain/3/data/x", {}, link(""), at(5ms)},
                                {kLink, link(kOwn), other, at(5ms)}};
  for (const NodeChange& change : changes) {
    StoreWatch watch(schema(), rules(), options());
    take(watch, store(text_of("")), {}, at(0ms));
    watch.add({change});
    CHECK(watch.due());
    CHECK(watch.needs_store());
  }
  StoreWatch watch(schema(), rules(), options());
  take(watch, store(text_of("")), {}, at(0ms));
  watch.add_unknown(at(5ms));
  CHECK(watch.due());
  CHECK(watch.needs_store());
}

}  // namespace xsaudit
