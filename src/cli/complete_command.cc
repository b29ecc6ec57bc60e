// xsaudit complete [WORD…]: for the completion of shells (packages/completion). Not in the list of
// commands: people do not call it.
#include "cli/command_line.h"
#include "cli/completion.h"

namespace xsaudit {

int run_complete(const Arguments& arguments) {
  return print(completion_lines(completions(arguments)));
}

}  // namespace xsaudit
