// xsaudit explain RULE|PATH
#include <algorithm>

#include "audit/finding.h"
#include "base/escape.h"
#include "base/wording.h"
#include "cli/audit_input.h"
#include "cli/command_line.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/policy.h"
#include "cli/options/recording_options.h"
#include "report/phrases.h"
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
    "  xsaudit explain /local/domain/3/device/vif/0/backend host.txt\n"
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

// The rules that examine a path. Many rules examine every node; they are counted.
std::string rules_of(const RuleSet& rules, const std::string& path) {
  std::string text;
  std::uint64_t of_every_node = 0;
  for (const Rule& rule : rules.rules()) {
    std::vector<Binding> bindings;
    bool matches = false;
    bool every_node = false;
    for (const NamedPatterns::Alternative& one : rule.program->match.alternatives) {
      matches = matches || one.pattern.matches(path, bindings);
      every_node = every_node || one.pattern.text() == "/**";
    }
    of_every_node += every_node;
    if (matches && !every_node) text += "  " + rule.id + ": " + rule.title + "\n";
  }
  if (of_every_node > 0) {
    text += "  and " + plural(of_every_node, "rule", "rules") + " about every node\n";
  }
  return "\nRules that examine it\n" + text;
}

// The node in a recording, as reports show it.
int explain_node(const Schema& schema, const std::string& path, const std::string& dump) {
  AuditInput source = AuditInput::recording(dump, RecordingOptions().dump_options(schema));
  if (const Status confined = confine(ConfinementChoice(), {&source, 1}); !confined) {
    return fail(confined.error());
  }
  const auto snapshot = source.read();
  if (!snapshot) return fail(snapshot.error());
  Evidence node;
  node.path = path;
  node.presence = snapshot->presence(path, &node.presence_unknown);
  if (node.presence == Presence::present) {
    const NodeId id = snapshot->find(path);
    node.line = snapshot->line(id);
    node.value_unknown = snapshot->value_unknown(id);
    node.value = snapshot->value(id);
    if (node.value_unknown == UnknownReason::known && schema.secret(path, node.value)) {
      node.value_unknown = UnknownReason::secret;
    }
    node.permissions_unknown = snapshot->permissions_unknown(id);
    if (const Permissions* const permissions = snapshot->permissions(id)) {
      node.permissions = *permissions;
    }
  }
  return print("\nIn " + escape(dump) + "\n  " + evidence_phrase(node) + "\n");
}

int explain_path(const Schema& schema, const RuleSet& rules, const std::string& path,
                 const std::string& dump) {
  if (const SchemaEntry* const entry = find_entry(schema, path);
      entry != nullptr && (path.front() == '~' || path.find('$') != path.npos)) {
    return print(schema_explanation(schema, {entry, nullptr, {}}, ""));
  }
  if (!valid_path(path)) {
    return fail(Error{"", "'" + escape_shortened(path) + "' is not a path of a store",
                      "expected an absolute path, or an entry of xsaudit schema list"});
  }
  const Schema::Match match = schema.match(path);
  if (match.entry != nullptr) {
    const int printed = print(schema_explanation(schema, match, path) + rules_of(rules, path));
    return printed != kExitClean || dump.empty() ? printed : explain_node(schema, path, dump);
  }
  const std::string near = near_path(schema, path);
  return fail(Error{"", "the schema does not describe '" + escape_shortened(path) + "'",
                    near.empty() ? "see xsaudit schema list" : near});
}

int explain_rule(const RuleSet& rules, const std::string& id) {
  if (const Rule* const rule = rules.find(id)) return print(explanation(*rule));
  std::vector<std::string_view> ids;
  std::vector<std::string> with_word;
  for (const Rule& rule : rules.rules()) {
    ids.emplace_back(rule.id);
    const bool has_word = !id.empty() && rule.id.find(id) != std::string::npos;
    if (has_word && with_word.size() < 10) with_word.push_back(rule.id);
  }
  const std::string near =
      with_word.empty() ? did_you_mean(id, ids) : "rules about it: " + joined(with_word);
  return fail(Error{"", "no rule '" + escape_shortened(id) + "'",
                    near.empty() ? "see xsaudit rules list; a path begins with '/'" : near});
}

}  // namespace

int run_explain(const Arguments& arguments) {
  PolicyOptions options;
  std::string name;
  std::string dump;
  CommandLine app(kExplainDescription, "xsaudit explain");
  app.footer(kExplainFooter);
  app.add_option("RULE|PATH", name, "id of a rule, or path of a node")->type_name("")->required();
  app.add_option("DUMP", dump, "recording in which to show the node of PATH")->type_name("");
  options.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;

  const auto policy = options.load();
  if (!policy) return fail(policy.error());
  const bool path = !name.empty() && (name.front() == '/' || name.front() == '~');
  return path ? explain_path(policy->schema, policy->rules, name, dump)
              : explain_rule(policy->rules, name);
}

}  // namespace xsaudit
