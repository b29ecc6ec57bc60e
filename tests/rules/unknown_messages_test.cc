// What rules say of a place where not everything is known: each built-in rule over the stores of
// its own tests, with one fact after the other taken away.
#include <regex>
#include <sstream>

#include "rules/testing/rule_case.h"
#include "rules_support.h"

namespace xsaudit {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// The line without its value, without its permissions, and without both.
std::vector<std::string> degraded(const std::string& line) {
  static const std::regex node(R"_(^( *)(\S+) = "(.*)"( +\([a-z0-9,]+\))?$)_");
  std::smatch parts;
  if (!std::regex_match(line, parts, node)) return {};
  const std::string begin = parts[1].str() + parts[2].str();
  return {begin + " = \"\\...\"" + parts[4].str(), begin + " = \"" + parts[3].str() + "\" ",
          begin + ":"};
}

struct Said {
  std::size_t findings = 0;
  std::size_t by_title = 0;
};

void check_messages(const RuleSet& rules, const Rule& rule, const RuleCase& one,
                    const std::string& text, Said& said) {
  FixtureStore store = one.store;
  store.text = text;
  auto snapshot = make_fixture_store(store);
  if (!snapshot) return;  // a test's store need not be one that can lack this
  snapshot->info().time = one.time;
  const TestFacts facts(*std::move(snapshot), one.options);
  const AuditContext all = facts.facts();
  for (const Violation& violation : evaluate(rules, all).violations) {
    if (violation.rule != &rule) continue;
    INFO(rule.id << ": " << one.name << "\n" << text << "\n" << violation.message);
    ++said.findings;
    if (violation.message.starts_with(rule.title + ": ")) ++said.by_title;
    CHECK(violation.message.find("(unknown)") == std::string::npos);
    CHECK(violation.fix.find("unknown)") == std::string::npos);
    CHECK_FALSE(violation.message.empty());
    for (const char* end : {",", ";", ":", "(", " ", " is", " says"}) {
      CHECK_FALSE(violation.message.ends_with(end));
    }
  }
}

}  // namespace

TEST_CASE("no message has a hole where something is not known") {
  const auto rules = RuleSet::load(embedded_rules(), test_schema());
  REQUIRE(rules);
  Said said;
  for (const Rule& rule : rules->rules()) {
    const auto cases = read_rule_cases(rule.tests->root().get("tests"));
    REQUIRE(cases);
    for (const RuleCase& one : *cases) {
      if (one.expected != RuleCase::Expected::fires || one.host) continue;
      const std::vector<std::string> lines = lines_of(one.store.text);
      for (std::size_t i = 0; i < lines.size(); ++i) {
        for (const std::string& lesser : degraded(lines[i])) {
          std::vector<std::string> changed = lines;
          changed[i] = lesser;
          check_messages(*rules, rule, one, joined(changed), said);
        }
      }
    }
  }
  CHECK(said.findings > 1000);
  CHECK(said.by_title < said.findings / 20);
}

}  // namespace xsaudit
