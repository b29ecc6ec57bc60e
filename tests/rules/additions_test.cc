// Nothing that a guest adds or writes lowers a finding. Every store on which a rule fires in its
// own tests is given what a guest could add to it, and judged again.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "rules/testing/fixture_host.h"
#include "rules/testing/rule_case.h"
#include "rules_support.h"

namespace xsaudit {
namespace {

// One line of a store: `/a/b = "value"   (n3,r0)`.
struct Line {
  std::string path;
  std::string value;
  std::string permissions;  // empty: the store has none
};
using Lines = std::vector<Line>;

Lines lines_of(std::string_view text) {
  Lines lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    const std::size_t value = line.find(" = \"");
    const std::size_t end = line.rfind('"');
    if (value == line.npos || end < value + 4) continue;
    const std::size_t bracket = line.find('(', end);
    Line one{line.substr(0, value), line.substr(value + 4, end - value - 4), ""};
    if (bracket != line.npos) {
      one.permissions = line.substr(bracket + 1, line.find(')', bracket) - bracket - 1);
    }
    lines.push_back(std::move(one));
  }
  return lines;
}

std::string text_of(const Lines& lines) {
  std::string text;
  for (const Line& line : lines) {
    text += line.path + " = \"" + line.value + "\"";
    if (!line.permissions.empty()) text += "   (" + line.permissions + ")";
    text += "\n";
  }
  return text;
}

Permissions permissions_of(const Line& line) {
  const auto permissions = parse_permissions(line.permissions);
  return permissions ? *permissions : Permissions();
}

// Whether a guest owns the node, so that it sets its permissions.
bool guest_owns(const Line& line) {
  const Permissions permissions = permissions_of(line);
  return !permissions.empty() && permissions.front().domid != 0;
}

bool guest_writes(const Line& line) {
  const Permissions permissions = permissions_of(line);
  return guest_owns(line) ||
         std::any_of(permissions.begin(), permissions.end(),
                     [](const PermissionEntry& entry) { return entry.domid != 0 && entry.write; });
}

bool is_number(const std::string& value) {
  return !value.empty() && value.find_first_not_of("0123456789") == value.npos;
}

// One thing that a guest could do to all that is its own.
struct Addition {
  std::string what;
  std::function<void(Lines&)> make;
};

Addition entry(const std::string& text) {
  return {"an entry " + text, [text](Lines& lines) {
            for (Line& line : lines) {
              if (guest_owns(line)) line.permissions += "," + text;
            }
          }};
}

Addition spelling(const std::string& before, const std::string& behind) {
  return {"numbers written as " + before + "1" + behind, [before, behind](Lines& lines) {
            for (Line& line : lines) {
              if (guest_writes(line) && is_number(line.value)) {
                line.value = before + line.value + behind;
              }
            }
          }};
}

Addition child(const std::string& name) {
  return {"a child " + name, [name](Lines& lines) {
            const Lines before = lines;
            for (const Line& line : before) {
              if (!guest_writes(line) || line.path == "/") continue;
              const std::string path = line.path + "/" + name;
              const bool is_there = std::any_of(before.begin(), before.end(), [&](const Line& one) {
                return one.path == path || one.path.starts_with(path + "/");
              });
              if (!is_there) lines.push_back({path, "", line.permissions});
            }
          }};
}

std::vector<Addition> additions() {
  return {entry("r999"),     entry("b999"),     entry("r32757"),   entry("b32757"),
          entry("n999"),     entry("n0"),       spelling("", " "), spelling(" ", ""),
          spelling("+", ""), spelling("", "x"), spelling("0", ""), spelling("00", " "),
          child("0"),        child("zz"),       child("051712"),   child("-1"),
          child("state"),    child("error")};
}

// How severe what was found is, by node: what stands for others counts at each of them. What is
// seen once and may pass is no more than info, as in a recording.
std::map<std::string, Severity> severities(const RuleCase& one, const std::string& store_text,
                                           const RuleSet& rules, const std::set<std::string>& but) {
  FixtureStore small = one.store;
  small.text = store_text;
  Snapshot snapshot = store_of(small);
  snapshot.info().time = one.time;
  TestFacts facts(std::move(snapshot), one.options);
  if (one.host) {
    auto host = make_fixture_host(*one.host, test_schema(), facts.snapshot());
    if (!host) FAIL(host.error().text());
    facts.host = *std::move(host);
  }
  const AuditContext all = facts.facts();
  std::map<std::string, Severity> severities;
  for (const Violation& violation : evaluate(rules, all).violations) {
    if (but.contains(violation.rule->id)) continue;
    const Severity severity = violation.confirmed ? violation.severity : Severity::info;
    const auto add = [&](const std::string& path) {
      Severity& there = severities.try_emplace(path, severity).first->second;
      there = std::max(there, severity);
    };
    add(violation.path);
    for (const NodeId node : violation.others) add(facts.snapshot().path(node));
  }
  return severities;
}

// What a guest may take back, with the reason. A rule is left out of both sides.
const std::map<std::string, std::string> kExceptions = {};

TEST_CASE("what a guest adds or writes lowers no finding") {
  auto rules = RuleSet::load(embedded_rules(), test_schema());
  REQUIRE(rules);
  std::set<std::string> but;
  for (const auto& [rule, reason] : kExceptions) but.insert(rule);
  std::size_t judged = 0;
  std::vector<std::string> lowered;
  for (const Rule& rule : rules->rules()) {
    const auto cases = read_rule_cases(rule.tests->root().get("tests"));
    REQUIRE(cases);
    for (const RuleCase& one : *cases) {
      if (one.expected != RuleCase::Expected::fires) continue;
      const Lines lines = lines_of(one.store.text);
      const auto before = severities(one, std::string(one.store.text), *rules, but);
      for (const Addition& addition : additions()) {
        Lines changed = lines;
        addition.make(changed);
        if (text_of(changed) == text_of(lines)) continue;
        ++judged;
        const auto after = severities(one, text_of(changed), *rules, but);
        for (const auto& [path, severity] : before) {
          const auto found = after.find(path);
          const bool less = found == after.end() || found->second < severity;
          if (!less || severity == Severity::info) continue;
          lowered.push_back(one.place + ": " + one.name + ": " + addition.what + ": " + path +
                            " was " + to_text(severity) + ", is " +
                            (found == after.end() ? "not found" : to_text(found->second)));
        }
      }
    }
  }
  std::string all;
  for (const std::string& one : lowered) all += one + "\n";
  INFO(all);
  CHECK(lowered.empty());
  CHECK(judged > 1000);
}

}  // namespace
}  // namespace xsaudit
