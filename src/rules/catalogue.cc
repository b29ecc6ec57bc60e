#include "rules/catalogue.h"

#include <set>

#include "rules/rule.h"

namespace xsaudit {
namespace {

struct Group {
  RuleClass category;
  const char* heading;
};
constexpr Group kGroups[] = {
    {RuleClass::security, "Security: a guest has, or has used, access that it should not have"},
    {RuleClass::integrity, "Integrity: states that no daemon and no toolstack creates"},
    {RuleClass::lifecycle, "Lifecycle: leftovers, and devices that did not reach their state"},
    {RuleClass::quota, "Quota: use of the daemon's limits"},
    {RuleClass::hygiene,
     "Hygiene: permissions and values that do not mean what their author intended"},
};

// A title may have any character.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

// "high, or info": the rule's own first.
std::string severities(const Rule& rule) {
  std::string text = to_text(rule.severity);
  std::set<Severity> others;
  for (const auto& one : rule.program->severity_when) others.insert(one.severity);
  others.erase(rule.severity);
  for (auto one = others.rbegin(); one != others.rend(); ++one) {
    text.append(one == others.rbegin() ? ", or " : ", ").append(to_text(*one));
  }
  return text;
}

}  // namespace

std::string catalogue(const RuleSet& rules) {
  std::string text;
  for (const Group& group : kGroups) {
    std::string rows;
    for (const Rule& rule : rules.rules()) {
      if (rule.category != group.category) continue;
      rows += "| [`" + rule.id + "`](" + rule.file + ") | " + severities(rule) + " | " +
              cell(rule.title) + " |\n";
    }
    if (rows.empty()) continue;
    if (!text.empty()) text += "\n";
    text +=
        std::string("### ") + group.heading + "\n\n| rule | severity | finds |\n|---|---|---|\n";
    text += rows;
  }
  return text;
}

}  // namespace xsaudit
