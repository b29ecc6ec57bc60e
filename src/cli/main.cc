#include <csignal>
#include <exception>
#include <new>

#include "cli/command_line.h"

// Exit statuses are those of audit/verdict.h in every case: an unfinished run must not seem to have
// found a fault or a clean store.
int main(int argc, char** argv) {
  // Writing to a closed pipe is then an error that is reported, instead of a signal that ends the
  // program.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return xsaudit::run_command_line(xsaudit::Arguments(argv + 1, argv + argc));
  } catch (const std::bad_alloc&) {
    return xsaudit::fail("out of memory");
  } catch (const std::exception& error) {
    return xsaudit::fail(std::string("internal error: ") + error.what());
  }
}
