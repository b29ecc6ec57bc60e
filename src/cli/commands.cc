#include <algorithm>

#include "base/escape.h"
#include "cli/command_line.h"
#include "yaml/yaml_document.h"

namespace xsaudit {
namespace {

std::string usage() {
  std::string text =
      "xsaudit tells whether a Xen host's xenstore is what it should be. It only looks.\n"
      "\n"
      "Usage: xsaudit COMMAND [ARGUMENTS]\n"
      "\n"
      "Commands:\n";
  for (const Command& command : commands()) {
    std::string line = std::string("  ") + command.name;
    line.resize(12, ' ');
    text += line + command.description + "\n";
  }
  text +=
      "\n"
      "xsaudit COMMAND --help says more of each; xsaudit --version which version this is.\n"
      "\n"
      "Exit status: 0 audited and nothing found, 1 something found, 2 not audited (wrong usage,\n"
      "a source that cannot be read), 3 nothing found but not everything could be judged.\n";
  return text;
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"audit", "audit the live store, or recorded ones", run_audit},
      {"render", "make another report of a saved result", run_render},
      {"devices", "list every device: record, frontend, backend, states", run_devices},
      {"snapshot", "record the live store", run_snapshot},
      {"explain", "why a rule exists; what the schema says of a path", run_explain},
      {"rules", "list the rules, check their files, run their tests", run_rules},
      {"schema", "list the schema, check its files, which entry governs a path", run_schema},
  };
  return table;
}

int run_command_line(const Arguments& arguments) {
  if (arguments.empty()) return fail(Error{"", "no command given", "see xsaudit --help"});
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") return print(usage());
  if (name == "--version") return print("xsaudit " XSAUDIT_VERSION "\n");
  const auto& table = commands();
  const auto command = std::find_if(
      table.begin(), table.end(), [&](const Command& candidate) { return candidate.name == name; });
  if (command == table.end()) {
    std::vector<std::string_view> names;
    for (const Command& candidate : table) names.emplace_back(candidate.name);
    const std::string near = did_you_mean(name, names);
    return fail(Error{"", "no command '" + escape_shortened(name) + "'",
                      near.empty() ? "see xsaudit --help" : near});
  }
  return command->run(Arguments(arguments.begin() + 1, arguments.end()));
}

}  // namespace xsaudit
