// Judging has a limit of time: what was found before is kept, and the rest is said to be missing.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "audit/auditor.h"
#include "audit/verdict.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

RuleSet rule_set(const std::vector<std::pair<std::string, std::string>>& rules) {
  std::vector<TextFile> files;
  for (const auto& [id, rest] : rules) {
    files.push_back({id + ".yaml", "id: " + id +
                                       "\ntitle: Wrong\nseverity: high\nclass: security\n"
                                       "why: Because.\nmessage: it says {value}\n" +
                                       rest});
  }
  auto loaded = RuleSet::load(files, schema());
  if (!loaded) FAIL(loaded.error().text());
  return *std::move(loaded);
}

constexpr int kNodes = 20000;

// Nodes /t/0 and so on, of which the first and the last are bad, and /u, which is bad.
Result<Snapshot> store() {
  std::string text = "/t = \"\"   (n0)\n";
  for (int i = 0; i < kNodes; ++i) {
    const char* const value = i == 0 || i == kNodes - 1 ? "bad" : "good";
    text += "/t/" + std::to_string(i) + " = \"" + value + "\"   (n0)\n";
  }
  return read_dump_text(text + "/u = \"bad\"   (n0)\n", "store");
}

// A clock that goes on by a second each time it is read.
struct FakeClock {
  int seconds = 0;
  int readings = 0;
  int step = 1;

  JudgingClock::Limit limit(int most) {
    return {std::chrono::seconds(most), [this] {
              ++readings;
              return JudgingClock::Time(std::chrono::seconds(seconds += step));
            }};
  }
};

AuditResult audit(const RuleSet& rules, const JudgingClock::Limit& limit,
                  const Auditor::Resample& resample = {}) {
  AuditOptions options;
  options.judging = limit;
  Auditor auditor(schema(), rules, std::move(options));
  auditor.add("store", store(), resample);
  return std::move(auditor).finish();
}

// The paths of the findings.
std::string found(const AuditResult& result) {
  std::string text;
  for (const Finding& finding : result.findings) text += finding.path + "\n";
  return text;
}
// "rule: reason" of what was not evaluated.
std::string missing(const AuditResult& result) {
  std::string text;
  for (const UndecidedRule& one : result.not_evaluated) {
    text += result.rules[one.rule].id + ": " + one.reason + "\n";
  }
  return text;
}

constexpr const char* kTimeUp = ": /: not every node was judged: the time for it was up\n";

}  // namespace

TEST_CASE("what was found before the time was up is kept, and the rest is not evaluated") {
  const RuleSet rules = rule_set({{"a-first", "match: /t/$NAME\nassert: value != 'bad'\n"},
                                  {"b-second", "match: /u\nassert: value != 'bad'\n"},
                                  {"c-third", "match: /nowhere\nassert: value != 'bad'\n"}});
  FakeClock clock;
  const AuditResult cut = audit(rules, clock.limit(4));
  CHECK(found(cut) == "/t/0\n");
  CHECK(missing(cut) == std::string("a-first") + kTimeUp + "b-second" + kTimeUp);
  CHECK(cut.sources[0].incomplete ==
        std::vector<std::string>{"2 rules could not be decided everywhere"});
  CHECK(exit_status(cut, false) == kExitFindings);

  const AuditResult whole = audit(rules, clock.limit(1000));
  CHECK(found(whole) == "/t/0\n/t/" + std::to_string(kNodes - 1) + "\n/u\n");
  CHECK(missing(whole).empty());
}

TEST_CASE("an audit that was cut short before it found anything is incomplete") {
  const RuleSet rules = rule_set({{"a-first", "match: /t/$NAME\nassert: value != 'worse'\n"},
                                  {"b-second", "match: /u\nassert: value != 'bad'\n"}});
  FakeClock clock;
  const AuditResult result = audit(rules, clock.limit(4));
  CHECK(found(result).empty());
  CHECK(result.verdict == Verdict::incomplete);
  CHECK(exit_status(result, false) == kExitIncomplete);
  CHECK(exit_status(result, true) == kExitClean);
}

TEST_CASE("the time is up in the middle of one node, too") {
  const std::string names = "children('/t')";
  const std::string body = GENERATE_COPY(
      names + ".exists(a, " + names + ".exists(b, a + b == 'x'))",
      names + ".all(a, " + names + ".all(b, a + b != 'x')) == false",
      names + ".filter(a, " + names + ".exists(b, a + b == 'x')).size() > 0",
      names + ".map(a, " + names + ".exists(b, a + b == 'x') ? 1 : 0).exists(n, n == 1)",
      std::string("any('/t/$A', any('/t/$B', A + B == 'x'))"),
      std::string("count('/t/$A', count('/t/$B', A + B == 'x') > 0) > 0"));
  const RuleSet rules = rule_set({{"a-first", "match: /u\nassert: \"!(" + body + ")\"\n"}});
  FakeClock clock;
  const AuditResult result = audit(rules, clock.limit(50));
  CHECK(found(result).empty());
  CHECK(missing(result) == std::string("a-first") + kTimeUp);
  CHECK(clock.readings < 200);
}

TEST_CASE("the time is up for all threads") {
  std::vector<std::pair<std::string, std::string>> several;
  for (const char* const id : {"a", "b", "c", "d", "e", "f"}) {
    several.emplace_back(id, "match: /t/$NAME\nassert: value != 'bad'\n");
  }
  const RuleSet rules = rule_set(several);
  std::atomic<int> seconds = 0;
  AuditOptions options;
  options.work.threads = 3;
  // Each thread reads the clock when it begins a rule, and twice until the end of /t.
  options.judging = {std::chrono::seconds(6),
                     [&] { return JudgingClock::Time(std::chrono::seconds(seconds++)); }};
  Auditor auditor(schema(), rules, std::move(options));
  auditor.add("store", store());
  const AuditResult result = std::move(auditor).finish();
  CHECK(exit_status(result, false) == kExitFindings);
  // Whatever thread came how far: a rule is done and has found both, or is said not to be done.
  std::size_t done = 0;
  for (std::size_t rule = 0; rule < several.size(); ++rule) {
    const auto of_rule = [rule](const auto& one) { return one.rule == rule; };
    const auto unfinished =
        std::count_if(result.not_evaluated.begin(), result.not_evaluated.end(), of_rule);
    const auto found = std::count_if(result.findings.begin(), result.findings.end(), of_rule);
    INFO("rule " << rule << ": " << found << " findings");
    if (unfinished == 0) {
      ++done;
      CHECK(found == 2);
    } else {
      CHECK(unfinished == 1);
      CHECK(found <= 1);
    }
  }
  CHECK(done < several.size());
}

TEST_CASE("without a limit the clock is not read") {
  const RuleSet rules = rule_set({{"a-first", "match: /t/$NAME\nassert: value != 'bad'\n"}});
  FakeClock clock;
  CHECK(found(audit(rules, clock.limit(0))) == "/t/0\n/t/" + std::to_string(kNodes - 1) + "\n");
  CHECK(clock.readings == 0);
}

TEST_CASE("the clock is read seldom") {
  const RuleSet rules = rule_set({{"a-first", "match: /t/$NAME\nassert: value != 'bad'\n"}});
  FakeClock clock;
  clock.step = 0;
  audit(rules, clock.limit(1));
  CHECK(clock.readings < kNodes / 100);
}

TEST_CASE("where there is no time to judge a store again, nothing has passed") {
  const RuleSet rules =
      rule_set({{"a-first", "match: /u\nassert: value != 'bad'\ntransient: true\n"},
                {"b-second", "match: /t/$NAME\nassert: value != 'worse'\n"}});
  FakeClock clock;
  clock.step = 0;
  const AuditResult result = audit(rules, clock.limit(1), [&] {
    clock.step = 1;
    return read_dump_text(
        "/u = \"good\"   (n0)\n/t = \"\"   (n0)\n" + std::string("/t/a = \"\"   (n0)\n"), "store");
  });
  CHECK(found(result) == "/u\n");
  CHECK(result.sources[0].info.gap_count == 1);
}

}  // namespace xsaudit
