#include <csignal>
#include <exception>
#include <new>

#include "cli/command_line.h"

// Exit statuses are those of audit/verdict.h, whatever happens: what could not be finished must not
// look like a finding or a clean store.
int main(int argc, char** argv) {
  // A closed pipe is then an error of write(), which says so, instead of a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return xsaudit::run_command_line(xsaudit::Arguments(argv + 1, argv + argc));
  } catch (const std::bad_alloc&) {
    return xsaudit::fail("out of memory");
  } catch (const std::exception& error) {
    return xsaudit::fail(std::string("internal error: ") + error.what());
  }
}
