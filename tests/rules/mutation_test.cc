// The tests of every rule notice when a part of the rule is missing or turned round.
#include <cstdio>
#include <map>
#include <set>

#include "mutants.h"
#include "rules/rule.h"
#include "rules/testing/rule_test.h"
#include "rules_support.h"

namespace xsaudit {
namespace {

class Rules {
 public:
  Rules() {
    auto set = RuleSet::load(embedded_rules(), test_schema());
    if (!set) FAIL(set.error().text());
    rules_ = *std::move(set);
    for (const RuleFile& file : embedded_rules()) {
      const std::string name(file.document.file());
      files_.emplace(name, TextFile{name, std::string(file.document.text())});
    }
  }

  const std::vector<Rule>& rules() const { return rules_.rules(); }
  const TextFile& file(const Rule& rule) const { return files_.at(rule.file); }

  // The rule's file changed, and all the rules that it yields to.
  std::vector<TextFile> with(const Rule& rule, const TextFile& changed) const {
    std::set<std::string> names;
    add_superseders(rule, names);
    names.erase(rule.file);
    std::vector<TextFile> files = {changed};
    for (const std::string& name : names) files.push_back(files_.at(name));
    return files;
  }

 private:
  void add_superseders(const Rule& rule, std::set<std::string>& names) const {
    if (!names.insert(rule.file).second) return;
    for (const RuleProgram::Superseder& superseder : rule.program->superseded_by) {
      add_superseders(rules_.rules()[superseder.rule], names);
    }
  }

  RuleSet rules_;
  std::map<std::string, TextFile> files_;
};

const std::set<std::string> kNotNoticed = {
    // These only keep a rule from asking more than it needs to: without them it says the same.
    "path-too-long: without when",
    // Of a backend whose guest is dead orphan-backend speaks.
    "schema-missing: let whose: always domain_of(node)",
    // A condition is known if its negation is.
    "duplicate-name: let same_name: negated: (OTHER in controllers(it))",
};

enum class Fate { noticed, survived, not_loaded };

Fate fate_of(const std::vector<TextFile>& files, const std::string& id) {
  const auto rules = RuleSet::load(files, test_schema());
  if (!rules) return Fate::not_loaded;
  const auto results = run_rule_tests(*rules->find(id), *rules, test_schema());
  if (!results) return Fate::not_loaded;
  for (const RuleTestResult& result : *results) {
    if (!result.passed()) return Fate::noticed;
  }
  return Fate::survived;
}

TEST_CASE("a rule that lacks a part fails one of its own tests") {
  const Rules rules;
  std::printf("%-36s %8s %8s %8s\n", "rule", "mutants", "noticed", "survived");
  for (const Rule& rule : rules.rules()) {
    int noticed = 0;
    std::vector<std::string> survived;
    for (const Mutant& mutant : mutants_of(rules.file(rule))) {
      if (kNotNoticed.contains(rule.id + ": " + mutant.change)) continue;
      switch (fate_of(rules.with(rule, mutant.file), rule.id)) {
        case Fate::noticed: ++noticed; break;
        case Fate::survived: survived.push_back(mutant.change); break;
        case Fate::not_loaded: break;  // the loader has noticed
      }
    }
    const int left = static_cast<int>(survived.size());
    std::printf("%-36s %8d %8d %8d\n", rule.id.c_str(), noticed + left, noticed, left);
    for (const std::string& change : survived) {
      INFO(rule.id << ": " << change);
      CHECK(false);
    }
    CHECK(noticed > 0);
  }
}

}  // namespace
}  // namespace xsaudit
