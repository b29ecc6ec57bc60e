#include "cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/escape.h"
#include "base/system_io.h"

namespace xsaudit {
namespace {

Status write_all(int descriptor, std::string_view text, const std::string& place) {
  if (write_whole(descriptor, text)) return ok();
  return Error{place, std::string("cannot write: ") + std::strerror(errno), {}};
}

}  // namespace

Result<int> Outputs::open(const std::string& path) {
  if (path.empty()) return STDOUT_FILENO;
  auto descriptor = files_.open(path);
  if (descriptor) names_[*descriptor] = escape(path);
  return descriptor;
}

Status Outputs::start() { return names_.empty() ? ok() : files_.start(); }

Status Outputs::write(int output, std::string_view text) {
  const auto name = names_.find(output);
  return write_all(output, text, name == names_.end() ? "standard output" : name->second);
}

Status Outputs::commit() { return names_.empty() ? ok() : files_.commit(); }

Status write_standard_output(std::string_view text) {
  return write_all(STDOUT_FILENO, text, "standard output");
}

bool standard_output_wants_colour() {
  const char* const no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* const terminal = std::getenv("TERM");
  if (terminal != nullptr && std::strcmp(terminal, "dumb") == 0) return false;
  return ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace xsaudit
