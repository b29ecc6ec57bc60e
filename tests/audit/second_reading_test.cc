// The second look, one condition at a time: what the model of second_reading_model_test.cc has no
// rules for.
#include "audit/second_reading.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "audit/store_text.h"
#include "audit/suppression.h"

namespace xsaudit {
namespace {

// The values of /t/a, /t/a/below and /t/b: letters, each of which violates a rule; "?": unreadable.
struct Values {
  std::string a;
  std::string below;
  std::string b;
};

Snapshot store_of(const Values& values) {
  const auto line = [](const std::string& node, const std::string& value) {
    return node + " n0 . " + (value == "?" ? "?unreadable" : "=" + value) + "\n";
  };
  auto store = read_dump_text(
      "xsaudit snapshot 1\ndaemon xenstored\ncoverage whole\npermissions yes\nnodes 5\n" +
          line("0 /", "") + line("1 t", "") + line("2 a", values.a) +
          line("3 below", values.below) + line("2 b", values.b) + "end\n",
      "store");
  if (!store) FAIL(store.error().text());
  return *std::move(store);
}

// `id` fires where its first letter is in the value of a node below /t.
TextFile lettered(const std::string& id, const std::string& severity,
                  const std::string& more = "") {
  return rule_file(id, severity,
                   "match: [/t/$NAME, /t/$NAME/$BELOW]\nassert: \"!value.contains('" +
                       id.substr(0, 1) + "')\"\nmessage: it says {value}\n" + more);
}

constexpr const char* kSettles = "transient: true\n";

std::string told(const AuditResult& result) {
  std::string text;
  for (const Finding& finding : result.findings) {
    text += std::string(to_text(finding.severity)) + " " + result.rules[finding.rule].id + " " +
            finding.path + ": " + finding.message + "\n";
  }
  return text;
}

std::string told(const RuleSet& rules, const Values& first, const Values& second,
                 const AuditOptions& options = {}) {
  Auditor auditor(schema(), rules, options);
  auditor.add("store", store_of(first), [&] { return Result<Snapshot>(store_of(second)); });
  return told(std::move(auditor).finish());
}

TEST_CASE("what is info anyway does not say that it was seen once") {
  const RuleSet rules = load({lettered("settling", "info", kSettles)});
  Auditor auditor(schema(), rules, {});
  auditor.add("store", store_of({"s", "", ""}));
  const AuditResult result = std::move(auditor).finish();
  CHECK(told(result) == "info settling /t/a: it says s\n");
}

TEST_CASE("what one look proves says nothing of a second one that was not to be had") {
  const RuleSet rules = load({lettered("settling", "high", kSettles), lettered("wrong", "low")});
  Auditor auditor(schema(), rules, {});
  auditor.add("store", store_of({"s", "", "w"}), [] {
    return Result<Snapshot>(Error{"live store", "it is gone", {}});
  });
  const AuditResult result = std::move(auditor).finish();
  CHECK(told(result) ==
        "high settling /t/a: it says s (it could not be re-checked)\n"
        "low wrong /t/b: it says w\n");
}

TEST_CASE("what was silent because of one that passes, by way of another, has passed with it") {
  const RuleSet rules = load({lettered("settling", "high", kSettles),
                              lettered("middle", "medium", "superseded_by: [settling]\n"),
                              lettered("far", "low", "superseded_by: [middle]\n")});
  CHECK(told(rules, {"smf", "", ""}, {"", "", ""}).empty());
  CHECK(told(rules, {"smf", "", ""}, {"f", "", ""}) == "low far /t/a: it says smf\n");
}

// What one look proves is not looked at again. A finding that is suppressed speaks for no other.
TEST_CASE("what yields to one that does not settle is there though it has gone since") {
  const RuleSet rules = load({lettered("settling", "high", kSettles), lettered("middle", "medium"),
                              lettered("far", "low", "superseded_by: [middle]\n")});
  AuditOptions options;
  options.suppressions = *load_suppressions(
      {"s.yaml",
       "suppressions:\n  - {rule: middle, path: /t/a, reason: known, expires: 2027-03-31}\n"},
      schema().variables());
  options.today = *parse_day("2027-01-01");
  CHECK(told(rules, {"mf", "", "s"}, {"", "", ""}, options) == "low far /t/a: it says mf\n");
}

TEST_CASE("what one look proves is as severe as it was then") {
  const RuleSet rules =
      load({lettered("settling", "high", kSettles),
            lettered("yielding", "medium",
                     "superseded_by: [settling]\n"
                     "severity_when: [{when: value.contains('l'), severity: low}]\n")});
  CHECK(told(rules, {"sy", "", ""}, {"yl", "", ""}) == "medium yielding /t/a: it says sy\n");
}

// Grave with a 'g' below.
std::string grave_by_what_is_below(const std::string& severity) {
  return "transient: true\nseverity_when: [{when: \"value(node + '/below').contains('g')\", "
         "severity: " +
         severity + "}]\n";
}

TEST_CASE("a severity that is not sure at the second look lowers none") {
  const RuleSet one = load({lettered("settling", "low", grave_by_what_is_below("high"))});
  CHECK(told(one, {"s", "g", ""}, {"s", "", ""}) == "low settling /t/a: it says s\n");
  CHECK(told(one, {"s", "g", ""}, {"s", "?", ""}) == "high settling /t/a: it says s\n");

  const RuleSet two = load({lettered("settling", "high", kSettles),
                            lettered("other", "low", grave_by_what_is_below("medium"))});
  const std::string renamed = " settling /t/a: it says s (after the re-check: other)\n";
  CHECK(told(two, {"s", "", ""}, {"o", "", ""}) == "low" + renamed);
  CHECK(told(two, {"s", "", ""}, {"o", "g", ""}) == "medium" + renamed);
  CHECK(told(two, {"s", "", ""}, {"o", "?", ""}) == "high" + renamed);
}

TEST_CASE("of two new names that are as severe the first is said") {
  const RuleSet rules =
      load({lettered("settling", "high", kSettles), lettered("one", "medium", kSettles),
            lettered("two", "medium", kSettles)});
  CHECK(told(rules, {"s", "", ""}, {"ot", "", ""}) ==
        "medium settling /t/a: it says s (after the re-check: one)\n");
}

TEST_CASE("a text that is no path leads to no other name of what has passed") {
  const RuleSet rules =
      load({lettered("other", "high"),
            lettered("settling", "high",
                     "transient: true\nsuperseded_by: [{rule: other, at: value}]\n")});
  CHECK(told(rules, {"/t/b/settling", "", ""}, {"", "", "o"}).empty());
  // The same place, by a name that is a path and one that is none.
  const RuleSet below =
      load({lettered("other", "high"),
            rule_file("settling", "high",
                      "match: /t/a\nassert: value == ''\nmessage: it says {value}\n"
                      "transient: true\nsuperseded_by: [{rule: other, at: value}]\n")});
  CHECK(told(below, {"/t/b", "", ""}, {"", "", "o"}) ==
        "high settling /t/a: it says /t/b (after the re-check: other)\n");
  CHECK(told(below, {"xt/b", "", ""}, {"", "", "o"}).empty());
}

TEST_CASE("what yields to a rule at another node is no other name of it at the same one") {
  const RuleSet rules =
      load({lettered("settling", "high", kSettles),
            lettered("wrong", "low", "superseded_by: [{rule: settling, at: parent(node)}]\n")});
  CHECK(told(rules, {"s", "", ""}, {"w", "", ""}).empty());
  CHECK(told(rules, {"s", "", ""}, {"", "w", ""}) ==
        "low settling /t/a: it says s (after the re-check: wrong)\n");
}

TEST_CASE("one that is found elsewhere is another name only of the rule that it yields to") {
  const RuleSet rules =
      load({lettered("one", "high", kSettles), lettered("two", "high", kSettles),
            lettered("wrong", "low", "superseded_by: [{rule: two, at: parent(node)}]\n")});
  CHECK(told(rules, {"ot", "", ""}, {"", "w", ""}) ==
        "low two /t/a: it says ot (after the re-check: wrong)\n");
}

TEST_CASE("what one look proves says nothing of the second one") {
  const RuleSet rules = load({lettered("settling", "high", kSettles),
                              lettered("yielding", "medium", "superseded_by: [settling]\n")});
  CHECK(told(rules, {"y", "", "s"}, {"?", "", ""}) == "medium yielding /t/a: it says y\n");
}

// Another guest came in the place of the first, and has a fault of its own.
TEST_CASE("a fault of the guest that came is no other name of one of the guest that went") {
  const RuleSet rules =
      load({rule_file(
                "one", "high",
                "match: ~/name\nassert: value != '1'\nmessage: it says {value}\ntransient: true\n"),
            rule_file("two", "high",
                      "match: ~/name\nassert: value != '2'\nmessage: it says {value}\n"
                      "transient: true\n")});
  const auto guest = [](const std::string& uuid, const std::string& name) {
    return read_dump_text(kTop + "/local/domain/3 = \"\"   (n0)\n/local/domain/3/vm = \"/vm/" +
                              uuid + "\"   (n0)\n/local/domain/3/name = \"" + name + "\"   (n0)\n",
                          "store");
  };
  const auto told_with = [&](const std::string& uuid) {
    Auditor auditor(schema(), rules, {});
    auditor.add("store", guest(kUuid, "1"), [&] { return guest(uuid, "2"); });
    return told(std::move(auditor).finish());
  };
  CHECK(told_with(kUuid) == "high one /local/domain/3/name: it says 1 (after the re-check: two)\n");
  CHECK(told_with(kOther).empty());
}

}  // namespace
}  // namespace xsaudit
