// xsaudit explain RULE|PATH
#include <algorithm>

#include "base/escape.h"
#include "cli/command_line.h"
#include "cli/options/policy.h"
#include "schema/schema_text.h"
#include "store/path.h"
#include "yaml/yaml_document.h"

namespace xsaudit {
namespace {

constexpr const char* kExplainDescription =
    "Explains a rule: why it exists, when it fires, how to fix a finding. Or explains a path: its\n"
    "meaning, its value, and the domains that may read and write it under each toolstack.\n";

constexpr const char* kExplainFooter =
    "Examples:\n"
    "  xsaudit explain frontend-link-forged\n"
    "  xsaudit explain /local/domain/3/device/vif/0/backend\n"
    "  xsaudit explain '~/device/$KIND/$DEVID'";

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    out.append("  ").append(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return out.empty() || out.back() == '\n' ? out : out + "\n";
}

// The lines of some keys of a rule, as its file has them.
std::string written(const Rule& rule, const std::vector<std::string_view>& keys) {
  std::string text;
  for (const auto& [key, value] : rule.document->root().members()) {
    if (std::find(keys.begin(), keys.end(), key.text()) != keys.end())
      text += indented(key.lines());
  }
  return text;
}

// Broken into lines of at most 98 bytes, indented.
std::string paragraph(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (column > 0 && column + 1 + word.size() > 98) {
      out += "\n";
      column = 0;
    }
    out.append(column == 0 ? "  " : " ").append(word);
    column += word.size() + (column == 0 ? 2 : 1);
  }
  return out.empty() ? out : out + "\n";
}

std::string list_of(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += paragraph("- " + item);
  return text;
}

std::string explanation(const Rule& rule) {
  std::string text = rule.id + ": " + rule.title + "\n" + to_text(rule.severity) + ", " +
                     to_text(rule.category) + ", " + rule.file + "\n";
  const auto section = [&](const char* heading, const std::string& body) {
    if (!body.empty()) text.append("\n").append(heading).append("\n").append(body);
  };
  section("Why", paragraph(rule.why));
  section("When it fires: where `when` holds and `assert` does not",
          written(rule,
                  {"match", "let", "when", "assert", "severity_when", "report", "superseded_by"}));
  section("How to fix it", indented(rule.fix));
  section("Exceptions", list_of(rule.exceptions));
  section("See", list_of(rule.references));
  return text;
}

int explain_path(const Schema& schema, const std::string& path) {
  if (const SchemaEntry* const entry = find_entry(schema, path);
      entry != nullptr && (path.front() == '~' || path.find('$') != path.npos)) {
    return print(schema_explanation(schema, {entry, nullptr, {}}, ""));
  }
  if (!valid_path(path)) {
    return fail(Error{"", "'" + escape_shortened(path) + "' is not a path of a store",
                      "expected an absolute path, or an entry of xsaudit schema list"});
  }
  const Schema::Match match = schema.match(path);
  if (match.entry != nullptr) return print(schema_explanation(schema, match, path));
  const std::string near = near_path(schema, path);
  return fail(Error{"", "the schema does not describe '" + escape_shortened(path) + "'",
                    near.empty() ? "see xsaudit schema list" : near});
}

int explain_rule(const RuleSet& rules, const std::string& id) {
  if (const Rule* const rule = rules.find(id)) return print(explanation(*rule));
  std::vector<std::string_view> ids;
  for (const Rule& rule : rules.rules()) ids.emplace_back(rule.id);
  const std::string near = did_you_mean(id, ids);
  return fail(Error{"", "no rule '" + escape_shortened(id) + "'",
                    near.empty() ? "see xsaudit rules list; a path begins with '/'" : near});
}

}  // namespace

int run_explain(const Arguments& arguments) {
  PolicyOptions options;
  std::string name;
  CommandLine app(kExplainDescription, "xsaudit explain");
  app.footer(kExplainFooter);
  app.add_option("RULE|PATH", name, "id of a rule, or path of a node")->type_name("")->required();
  options.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;

  const auto policy = options.load();
  if (!policy) return fail(policy.error());
  const bool path = !name.empty() && (name.front() == '/' || name.front() == '~');
  return path ? explain_path(policy->schema, name) : explain_rule(policy->rules, name);
}

}  // namespace xsaudit
