#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "store/escape.h"

namespace xsaudit {
namespace {

Error system_error(const std::string& place, const char* doing, int number) {
  return {place, std::string("cannot ") + doing + ": " + std::strerror(number), {}};
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Status write_in_place(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return system_error(escape(path), "open it", errno);
  int failed = write_all(descriptor, text) ? 0 : errno;
  if (::close(descriptor) != 0 && failed == 0) failed = errno;
  if (failed != 0) return system_error(escape(path), "write", failed);
  return ok();
}

}  // namespace

Status write_standard_output(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) return system_error("standard output", "write", errno);
  return ok();
}

Status write_file(const std::string& path, std::string_view text) {
  struct stat present {};
  const bool exists = ::lstat(path.c_str(), &present) == 0;
  if (exists && !S_ISREG(present.st_mode)) return write_in_place(path, text);

  std::string draft = path + ".XXXXXX";
  const int descriptor = ::mkostemp(draft.data(), O_CLOEXEC);
  if (descriptor < 0) return system_error(escape(path), "make a file beside it", errno);
  // mkostemp() makes it for the owner alone; the file shall be as open(2) would have made it, or
  // as the one that it replaces.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = exists ? present.st_mode & 07777 : 0666 & ~mask;
  int failed = 0;
  if (!write_all(descriptor, text) || ::fchmod(descriptor, mode) != 0 || ::fsync(descriptor) != 0) {
    failed = errno;
  }
  if (::close(descriptor) != 0 && failed == 0) failed = errno;
  if (failed == 0 && ::rename(draft.c_str(), path.c_str()) != 0) failed = errno;
  if (failed == 0) return ok();
  ::unlink(draft.c_str());
  return system_error(escape(path), "write", failed);
}

bool standard_output_wants_colour() {
  const char* const no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* const terminal = std::getenv("TERM");
  if (terminal != nullptr && std::strcmp(terminal, "dumb") == 0) return false;
  return ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace xsaudit
