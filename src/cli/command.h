// The commands of the program: one file each, and one line in the table of commands.cc. A command
// gets the arguments after its name and parses them itself. Only commands and main() print; a
// command returns the exit status (audit/verdict.h). Run once for each process, on one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xsaudit {

using Arguments = std::vector<std::string>;

struct Command {
  const char* name;
  const char* description;
  int (*run)(const Arguments& arguments);
};

const std::vector<Command>& commands();

// The parts of "xsaudit --help" besides the commands.
extern const char* const kProgramDescription;
extern const char* const kProgramFooter;

int run_access(const Arguments& arguments);
int run_audit(const Arguments& arguments);
int run_devices(const Arguments& arguments);
int run_diff(const Arguments& arguments);
int run_explain(const Arguments& arguments);
int run_history(const Arguments& arguments);
int run_render(const Arguments& arguments);
int run_rules(const Arguments& arguments);
int run_schema(const Arguments& arguments);
int run_snapshot(const Arguments& arguments);
int run_watch(const Arguments& arguments);

// Whether XAPI runs the program as a plugin: its only argument is an XML document, and no command
// begins like one. The answer has all that went wrong, and the exit status is 0.
bool is_plugin_call(const Arguments& arguments);
int run_xapi_plugin(const Arguments& arguments);

// Prints what can follow WORD… on the command line, for the completion of shells. Not in the table:
// people do not call it.
int run_complete(const Arguments& arguments);

// Runs "xsaudit COMMAND …" and returns its exit status.
int run_command_line(const Arguments& arguments);

}  // namespace xsaudit
