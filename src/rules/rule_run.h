// One rule over one snapshot: first every place where it is violated, in one walk; then, once all
// rules have been run so far, the report of them. Used by one thread.
#pragma once

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/evaluation.h"
#include "rules/language/frame.h"
#include "rules/rule_program.h"
#include "rules/rule_report.h"

namespace xsaudit {

class RuleRun {
 public:
  RuleRun(const Rule& rule, const Facts& facts, Columns& columns);

  // False if the time was up before every node was judged.
  bool find();
  // Nodes where the rule is violated, whoever yields to whom.
  std::vector<bool> fired() const;
  void report(const FiredNodes& fired, Evaluation& into);

 private:
  // False if there was no time for it.
  bool judge(NodeId node, std::uint32_t alternative);
  bool find(std::uint32_t alternative);
  Value assertion_holds(NodeId node);
  void not_evaluated(NodeId node, const Unknown& unknown);

  const Rule& rule_;
  const RuleProgram& program_;
  const Facts& facts_;
  Frame frame_;
  std::vector<Hit> hits_;
  // What an assertion that asks for nothing but permissions came to, by PermissionsId: a store has
  // few lists. Empty for any other assertion.
  struct Remembered {
    bool known = false;
    bool holds = false;
    bool took_for_dead = false;
  };
  std::vector<Remembered> by_permissions_;
  // By what was not known and why.
  std::map<std::pair<std::string_view, std::string_view>, NotEvaluated> not_evaluated_;
};

}  // namespace xsaudit
