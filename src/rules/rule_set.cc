#include "rules/rule_set.h"

#include <algorithm>

#include "rules/rule_loader.h"
#include "rules/superseding.h"
#include "yaml/yaml_tree.h"

namespace xsaudit {
namespace {

// Sorts the rules: each comes after those that supersede it.
Result<std::vector<std::size_t>> put_in_order(const std::vector<LoadedRule>& rules) {
  std::vector<std::size_t> order;
  std::vector<bool> placed(rules.size());
  for (bool progress = true; progress;) {
    progress = false;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto& superseders = rules[i].program->superseded_by;
      if (placed[i] ||
          !std::all_of(superseders.begin(), superseders.end(),
                       [&](const auto& superseder) { return placed[superseder.rule]; })) {
        continue;
      }
      placed[i] = progress = true;
      order.push_back(i);
    }
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!placed[i]) {
      return Error{rules[i].superseders.front().place,
                   "'" + rules[i].rule.id + "' supersedes itself in the end", ""};
    }
  }
  return order;
}

// A rule can be superseded only by one that can be at least as severe.
Status may_yield(const LoadedRule& rule, const LoadedRule& superseder, const std::string& place) {
  const Severity least = lowest_severity(rule.rule, *rule.program);
  const Severity most = highest_severity(superseder.rule, *superseder.program);
  if (most >= least) return ok();
  return Error{place,
               "'" + rule.rule.id + "', of severity " + to_text(least) +
                   " or above, cannot be superseded by '" + superseder.rule.id +
                   "', which is never above " + to_text(most),
               "exclude healthy states with 'when'"};
}

}  // namespace

Result<std::vector<RuleFile>> parse_rule_files(const std::vector<TextFile>& files) {
  XSAUDIT_ASSIGN(const auto documents, parse_yaml_files(files));
  std::vector<RuleFile> out;
  for (const YamlDocument& document : documents) out.push_back({document, document});
  return out;
}

std::span<const YamlTable> embedded_rule_tables();  // made by the build

std::vector<RuleFile> embedded_rules() {
  std::vector<RuleFile> files;
  for (const YamlTable& table : embedded_rule_tables()) {
    const YamlDocument document(table.tree);
    files.push_back({document, table.apart.nodes.empty() ? document : YamlDocument(table.apart)});
  }
  return files;
}

Result<RuleSet> RuleSet::load(const std::vector<RuleFile>& files, const Schema& schema) {
  std::vector<LoadedRule> loaded;
  for (const RuleFile& file : files) {
    XSAUDIT_ASSIGN(auto rule, load_rule(file, schema));
    loaded.push_back(std::move(rule));
  }
  const auto by_id = [](const LoadedRule& a, const LoadedRule& b) { return a.rule.id < b.rule.id; };
  std::stable_sort(loaded.begin(), loaded.end(), by_id);
  std::vector<std::string_view> ids;
  for (const LoadedRule& rule : loaded) {
    if (!ids.empty() && ids.back() == rule.rule.id) {
      return Error{rule.id_place, "there are two rules with the id '" + rule.rule.id + "'",
                   "the other one is in " + loaded[ids.size() - 1].rule.file};
    }
    ids.emplace_back(rule.rule.id);
  }
  for (LoadedRule& rule : loaded) {
    for (std::size_t i = 0; i < rule.superseders.size(); ++i) {
      const auto& [id, place] = rule.superseders[i];
      const auto found = std::lower_bound(ids.begin(), ids.end(), id);
      if (found == ids.end() || *found != id) {
        return Error{place, "there is no rule '" + id + "'", did_you_mean(id, ids)};
      }
      const std::size_t superseder = static_cast<std::size_t>(found - ids.begin());
      rule.program->superseded_by[i].rule = superseder;
      XSAUDIT_TRY(may_yield(rule, loaded[superseder], place));
    }
  }

  RuleSet set;
  XSAUDIT_ASSIGN(set.order_, put_in_order(loaded));
  for (LoadedRule& rule : loaded) {
    rule.rule.program = std::move(rule.program);
    set.rules_.push_back(std::move(rule.rule));
  }
  set.patterns_ = RulePatterns(set.rules_);
  return set;
}

Result<RuleSet> RuleSet::load(const std::vector<TextFile>& files, const Schema& schema) {
  const auto parsed = parse_rule_files(files);
  return parsed ? load(*parsed, schema) : parsed.error();
}

const Rule* RuleSet::find(std::string_view id) const {
  const auto found =
      std::lower_bound(rules_.begin(), rules_.end(), id,
                       [](const Rule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found != rules_.end() && found->id == id ? &*found : nullptr;
}

}  // namespace xsaudit
