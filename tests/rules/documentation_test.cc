// rules/README.md: the functions it lists are those there are, and its example is a rule.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "rules/catalogue.h"
#include "rules/functions/functions.h"
#include "rules/testing/rule_test.h"
#include "rules_support.h"

namespace xsaudit {
namespace {

std::string readme() {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/rules/README.md", std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

// From a heading to the next of the same level.
std::string section(const std::string& text, const std::string& heading) {
  const std::size_t begin = text.find("\n" + heading + "\n");
  REQUIRE(begin != std::string::npos);
  const std::string level = "\n" + heading.substr(0, heading.find(' ') + 1);
  return text.substr(begin, text.find(level, begin + 1) - begin);
}

TEST_CASE("the README lists every function, in the order of the table, and no other") {
  const std::string text = section(readme(), "## Functions");
  std::size_t at = 0;
  std::ptrdiff_t rows = 0;
  for (const FunctionGroup& group : function_groups()) {
    const std::string heading = "### " + std::string(group.title) + "\n";
    INFO(heading);
    at = text.find(heading, at);
    REQUIRE(at != std::string::npos);
    for (const Function& function : group.functions) {
      const std::string row =
          "| `" + std::string(function.signature) + "` | " + std::string(function.help) + " |\n";
      INFO(row);
      at = text.find(row, at);
      REQUIRE(at != std::string::npos);
      ++rows;
    }
  }
  std::ptrdiff_t written = 0;
  for (std::size_t i = text.find("\n| `"); i != std::string::npos; i = text.find("\n| `", i + 1)) {
    ++written;
  }
  CHECK(written == rows);
}

TEST_CASE("the README has the catalogue that `xsaudit rules list --format markdown` prints") {
  const auto rules = RuleSet::load(embedded_rules(), test_schema());
  if (!rules) FAIL(rules.error().text());
  const std::string text = section(readme(), "## The catalogue");
  CHECK(text.find("\n\n" + catalogue(*rules) + "\n") != std::string::npos);
}

TEST_CASE("the README's example loads and passes its own tests") {
  const std::string text = readme();
  const std::size_t begin = text.find("```yaml\n") + 8;
  const std::string example = text.substr(begin, text.find("```", begin) - begin);
  const auto rules = RuleSet::load({{"README.md", example}}, test_schema());
  if (!rules) FAIL(rules.error().text());
  const auto results = run_rule_tests(rules->rules()[0], *rules, test_schema());
  if (!results) FAIL(results.error().text());
  CHECK(results->size() == 2);
  for (const RuleTestResult& result : *results) {
    INFO(result.name << ": " << result.problem);
    CHECK(result.passed());
  }
}

}  // namespace
}  // namespace xsaudit
