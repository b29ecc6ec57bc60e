#include "base/system_io.h"

#include <unistd.h>
#include <cerrno>
#include <system_error>

#include "base/escape.h"

namespace xsaudit {

Error system_error(const std::string& place, const char* what, int number) {
  return {escape_shortened(place),
          std::string(what) + ": " + std::generic_category().message(number),
          {}};
}

bool write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool read_whole(int descriptor, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = read(descriptor, to, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace xsaudit
