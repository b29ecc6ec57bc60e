// The rules of the project: their own tests, and what every rule file has to have.
#include <set>

#include "rules/testing/rule_test.h"
#include "rules_support.h"

namespace xsaudit {
namespace {

const RuleSet& rules() {
  static const Result<RuleSet> set = RuleSet::load(embedded_rules(), test_schema());
  if (!set) FAIL(set.error().text());
  return *set;
}

TEST_CASE("the tests of every rule pass") {
  REQUIRE_FALSE(rules().rules().empty());
  for (const Rule& rule : rules().rules()) {
    INFO(rule.id);
    const auto results = run_rule_tests(rule, rules(), test_schema());
    if (!results) {
      FAIL_CHECK(results.error().text());
      continue;
    }
    for (const RuleTestResult& result : *results) {
      INFO(result.place << ": " << result.name << ": " << result.problem);
      CHECK(result.passed());
    }
  }
}

// Regular expressions of built-in files are not compiled when they are loaded.
TEST_CASE("the built-in rules and the built-in schema are right as an administrator's files, too") {
  const auto schema_files = read_yaml_directory(XSAUDIT_SOURCE_DIR "/schema");
  if (!schema_files) FAIL(schema_files.error().text());
  const auto schema = Schema::load(*schema_files);
  if (!schema) FAIL(schema.error().text());
  const auto rule_files = read_yaml_directory(XSAUDIT_SOURCE_DIR "/rules");
  if (!rule_files) FAIL(rule_files.error().text());
  const auto set = RuleSet::load(*rule_files, *schema);
  if (!set) FAIL(set.error().text());
  CHECK(set->rules().size() == rules().rules().size());
}

TEST_CASE("every rule file says why, what to do, and on what grounds") {
  for (const Rule& rule : rules().rules()) {
    CAPTURE(rule.id);
    CHECK(rule.file == rule.id + ".yaml");
    CHECK_FALSE(rule.why.empty());
    CHECK_FALSE(rule.fix.empty());
    CHECK_FALSE(rule.references.empty());
    CHECK(rule.tests->text().find("\n  fires:") != std::string::npos);
    CHECK(rule.tests->text().find("\n  silent:") != std::string::npos);
  }
}

}  // namespace
}  // namespace xsaudit
