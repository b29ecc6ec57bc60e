// xsaudit rules list|check|test
#include <algorithm>

#include "audit/verdict.h"
#include "base/escape.h"
#include "base/wording.h"
#include "cli/command_line.h"
#include "cli/options/policy.h"
#include "rules/catalogue.h"
#include "rules/testing/rule_test.h"

namespace xsaudit {
namespace {

constexpr const char* kRulesDescription =
    "Lists, checks and tests the rules. A rule is one YAML file with its own tests;\n"
    "rules/README.md describes the language.\n";

std::string table_of(const RuleSet& rules) {
  std::size_t width = 0;
  for (const Rule& rule : rules.rules()) width = std::max(width, rule.id.size());
  std::string text;
  for (const Rule& rule : rules.rules()) {
    std::string id = rule.id;
    id.resize(width, ' ');
    std::string severity = to_text(rule.severity);
    severity.resize(8, ' ');
    text.append(id).append("  ").append(severity).append("  ").append(rule.title).append("\n");
  }
  return text;
}

// The first rule whose file is not named after its id.
const Rule* misnamed(const RuleSet& rules) {
  for (const Rule& rule : rules.rules()) {
    const std::string name = rule.file.substr(rule.file.rfind('/') + 1);
    if (name != rule.id + ".yaml") return &rule;
  }
  return nullptr;
}

int run_tests(const Policy& policy, const std::vector<std::string>& ids) {
  std::string report;
  std::uint64_t tests = 0;
  std::uint64_t failed = 0;
  std::uint64_t tested = 0;
  for (const Rule& rule : policy.rules.rules()) {
    if (!ids.empty() && std::find(ids.begin(), ids.end(), rule.id) == ids.end()) continue;
    const auto results = run_rule_tests(rule, policy.rules, policy.schema);
    if (!results) return fail(results.error());
    ++tested;
    tests += results->size();
    for (const RuleTestResult& result : *results) {
      if (result.passed()) continue;
      ++failed;
      report += result.place + ": " + rule.id + ": " + result.name + ": " + result.problem + "\n";
    }
  }
  report += plural(tests, "test", "tests") + " of " + plural(tested, "rule", "rules") + ": ";
  report += failed == 0 ? "all passed\n" : std::to_string(failed) + " failed\n";
  return print(report, failed == 0 ? kExitClean : kExitFindings);
}

}  // namespace

int run_rules(const Arguments& arguments) {
  PolicyOptions options;
  std::vector<std::string> ids;
  std::string format = "text";
  CommandLine app(kRulesDescription, "xsaudit rules");
  CommandLine* const list =
      app.add_subcommand("list", "List every rule with its severity and title.");
  list->add_option("--format", format,
                   "format of the list; markdown groups the rules as rules/README.md does")
      ->one_of({"text", "markdown"})
      ->type_name("FORMAT")
      ->capture_default_str();
  CommandLine* const check =
      app.add_subcommand("check", "Load the rules and report errors in their files.");
  CommandLine* const test =
      app.add_subcommand("test", "Run the tests in the rule files; exit with 1 if any fails.");
  test->add_option("RULE", ids, "ids of the rules to test; default: all")->type_name("");
  for (CommandLine* const command : {list, check, test}) options.add_to(*command);
  if (const auto status = app.parse(arguments)) return *status;

  const auto policy = options.load();
  if (!policy) return fail(policy.error());
  const RuleSet& rules = policy->rules;
  for (const std::string& id : ids) {
    if (rules.find(id) == nullptr) {
      return fail(Error{"", "no rule '" + escape_shortened(id) + "'", "see xsaudit rules list"});
    }
  }
  if (list->given()) return print(format == "markdown" ? catalogue(rules) : table_of(rules));
  if (test->given()) return run_tests(*policy, ids);
  if (const Rule* const rule = misnamed(rules)) {
    return fail(Error{escape(rule->file), "the file of a rule is named after its id",
                      "rename it to " + rule->id + ".yaml"});
  }
  return print(plural(rules.rules().size(), "rule", "rules") + ": no errors\n");
}

}  // namespace xsaudit
