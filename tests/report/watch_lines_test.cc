#include "report/watch_lines.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace xsaudit {
namespace {

using What = FindingEvent::What;

// 2026-11-29T01:02:03.045Z
constexpr std::int64_t kTime = 1'795'914'123'045;

const std::vector<RuleSummary>& rules() {
  static const std::vector<RuleSummary> all = [] {
    RuleSummary rule;
    rule.id = "some-rule";
    rule.title = "Something is wrong";
    return std::vector<RuleSummary>{rule};
  }();
  return all;
}

FindingEvent event(What what) {
  FindingEvent made;
  made.what = what;
  made.finding.severity = Severity::high;
  made.finding.path = "/a";
  made.finding.message = "it is wrong";
  made.finding.guest = Guest{3, "we\nb\x1b[2J", "", false, false};
  made.lasted = std::chrono::microseconds(2'500);
  made.times = 2;
  return made;
}

}  // namespace

TEST_CASE("a line has the time, the event, the severity, the rule and the guest") {
  CHECK_THAT(watch_line(event(What::appeared), rules(), kTime),
             Catch::StartsWith("2026-11-29T01:02:03.045Z  new     HIGH      some-rule  domain 3"));
  CHECK_THAT(watch_line(event(What::gone), rules(), kTime),
             Catch::Contains("  gone  ") && Catch::EndsWith("; it was there for 2.5 ms\n"));
  CHECK_THAT(watch_line(event(What::passed), rules(), kTime),
             Catch::EndsWith("; it was there 2 times for 2.5 ms, and is not there now\n"));
  CHECK_THAT(watch_line(event(What::still), rules(), kTime),
             Catch::EndsWith("; it has been there for 2.5 ms\n"));
  CHECK(watch_note_line("following 3 nodes", kTime) ==
        "2026-11-29T01:02:03.045Z  note    following 3 nodes\n");
}

TEST_CASE("a line for the journal begins with its priority and has no time") {
  CHECK_THAT(watch_journal_line(event(What::appeared), rules()),
             Catch::StartsWith("<3>new     HIGH      some-rule  domain 3"));
  CHECK_THAT(watch_journal_line(event(What::gone), rules()), Catch::StartsWith("<6>gone "));
  CHECK(watch_note_journal_line("following 3 nodes") == "<5>note    following 3 nodes\n");
}

TEST_CASE("no byte of a guest ends a line or reaches a terminal") {
  for (const What what : {What::appeared, What::came_back, What::gone, What::passed, What::still}) {
    for (const std::string& line :
         {watch_journal_line(event(what), rules()), watch_line(event(what), rules(), kTime),
          watch_json(event(what), rules(), kTime)}) {
      CHECK(std::count(line.begin(), line.end(), '\n') == 1);
      CHECK(line.ends_with("\n"));
      CHECK(line.find('\x1b') == std::string::npos);
    }
  }
}

TEST_CASE("a line in JSON has the members of a finding") {
  const auto passed = nlohmann::json::parse(watch_json(event(What::passed), rules(), kTime));
  CHECK(passed["type"] == "passed");
  CHECK(passed["time"] == "2026-11-29T01:02:03.045Z");
  CHECK(passed["rule"] == "some-rule");
  CHECK(passed["title"] == "Something is wrong");
  CHECK(passed["domain"] == 3);
  CHECK(passed["lasted_microseconds"] == 2500);
  CHECK(passed["times"] == 2);
  const auto appeared = nlohmann::json::parse(watch_json(event(What::appeared), rules(), kTime));
  CHECK_FALSE(appeared.contains("times"));
  const auto note = nlohmann::json::parse(watch_note_json("said", kTime));
  CHECK(note["type"] == "note");
  CHECK(note["message"] == "said");
}

}  // namespace xsaudit
