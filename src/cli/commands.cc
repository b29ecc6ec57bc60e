#include <algorithm>

#include "base/escape.h"
#include "cli/command_line.h"
#include "yaml/yaml_document.h"

namespace xsaudit {
namespace {

std::string usage() {
  std::string text =
      std::string(kProgramDescription) + "\n\nUsage: xsaudit COMMAND [ARGUMENTS]\n\nCommands:\n";
  for (const Command& command : commands()) {
    std::string line = std::string("  ") + command.name;
    line.resize(12, ' ');
    text += line + command.description + "\n";
  }
  text += "\nxsaudit COMMAND --help describes a command; xsaudit --version prints the version.\n\n";
  return text + kProgramFooter + "\n";
}

}  // namespace

const char* const kProgramDescription =
    "xsaudit audits the xenstore of a Xen host, live or recorded. It never writes to the store.";

const char* const kProgramFooter =
    "Exit status: 0 audited, no findings; 1 findings; 2 not audited (wrong usage, or a source\n"
    "that cannot be read); 3 no findings, but the audit is incomplete.";

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"audit", "audit the live store or recordings", run_audit},
      {"render", "write a report from a saved result", run_render},
      {"devices", "list every device with its record, frontend, backend and states", run_devices},
      {"access", "list the domains that can reach a node, or all that a domain can reach",
       run_access},
      {"diff", "compare two stores, and list the domains that could have changed them", run_diff},
      {"history", "list what happened to a node, from logs of the daemon", run_history},
      {"watch", "follow the live store and report findings as they come and go", run_watch},
      {"snapshot", "record the live store", run_snapshot},
      {"explain", "explain a rule or a path of the store", run_explain},
      {"rules", "list the rules, check their files, run their tests", run_rules},
      {"schema", "list the schema, check its files, look up paths", run_schema},
  };
  return table;
}

int run_command_line(const Arguments& arguments) {
  if (arguments.empty()) return fail(Error{"", "no command given", "see xsaudit --help"});
  if (is_plugin_call(arguments)) return run_xapi_plugin(arguments);
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") return print(usage());
  if (name == "--version") return print("xsaudit " XSAUDIT_VERSION "\n");
  if (name == "complete") return run_complete({arguments.begin() + 1, arguments.end()});
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
