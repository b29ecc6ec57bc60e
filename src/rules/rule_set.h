// The rules of one audit, loaded from YAML files: those built into the program, or directories of
// them. Every error has its file:line:col. Immutable once loaded; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "rules/rule.h"
#include "rules/rule_patterns.h"
#include "schema/schema.h"

namespace xsaudit {

// A rule's file. The tests of the built-in rules are documents of their own, so that an audit does
// not read them.
struct RuleFile {
  YamlDocument document;
  YamlDocument tests;  // has the key "tests", unless there are none
};

class RuleSet {
 public:
  // Loads one rule from each file. The schema declares which variables are numbers. Two rules with
  // one id are an error, whichever directories they came from.
  static Result<RuleSet> load(const std::vector<RuleFile>& files, const Schema& schema);
  static Result<RuleSet> load(const std::vector<TextFile>& files, const Schema& schema);

  const std::vector<Rule>& rules() const { return rules_; }  // by id
  const Rule* find(std::string_view id) const;               // null if there is none

  // An order of the rules in which each comes after those that supersede it.
  const std::vector<std::size_t>& order() const { return order_; }
  const RulePatterns& patterns() const { return patterns_; }

 private:
  std::vector<Rule> rules_;
  std::vector<std::size_t> order_;
  RulePatterns patterns_;
};

Result<std::vector<RuleFile>> parse_rule_files(const std::vector<TextFile>& files);

// rules/*.yaml as they were when the program was built; sorted by name.
std::vector<RuleFile> embedded_rules();

}  // namespace xsaudit
