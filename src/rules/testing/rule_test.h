// Runs the tests in a rule file: small stores on which the rule must fire, must be silent, or must
// not be evaluated. rules/README.md describes them. Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include "rules/rule_set.h"
#include "schema/schema.h"

namespace xsaudit {

struct RuleTestResult {
  std::string name;     // "fires: a link to another guest's backend"
  std::string place;    // "rules/x.yaml:40:5"
  std::string problem;  // the difference from the expected result, safe to print; empty: passed

  bool passed() const { return problem.empty(); }
};

// The results in the order of the file. An error if the tests themselves are invalid: not YAML, an
// unknown key, an invalid store, no tests at all.
Result<std::vector<RuleTestResult>> run_rule_tests(const Rule& rule, const RuleSet& rules,
                                                   const Schema& schema);

}  // namespace xsaudit
