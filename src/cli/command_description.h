// A command with its options and arguments, for the manual pages and for the completion of a shell.
// It comes from the declarations that the command itself parses its arguments by, so the three
// cannot differ. Plain values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace xsaudit {

struct OptionDescription {
  std::vector<std::string> names;    // "-f" and "--format"; of an argument its only name, "DUMP"
  std::string value;                 // the name of its value, as in the help; empty for a flag
  std::vector<std::string> choices;  // all valid values; empty if any text may be valid
  std::string default_text;          // empty if the help shows none
  std::string help;
  std::string group;  // its heading; empty for the first options
  bool argument = false;
  bool required = false;
  bool repeated = false;  // may be given more than once

  bool takes_value() const { return !argument && !value.empty(); }
};

struct CommandDescription {
  std::string name;  // "xsaudit rules"; of a subcommand "list"
  std::string description;
  std::string footer;
  std::vector<OptionDescription> options;  // and arguments, in the order of the help
  std::vector<CommandDescription> subcommands;
};

// To be called on the thread that runs commands.
CommandDescription describe(const Command& command);

}  // namespace xsaudit
