#include "base/system_io.h"

#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <array>
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

bool wait_to_read(int descriptor, Deadline deadline) {
  using std::chrono::milliseconds;
  constexpr milliseconds kMaxWait{60'000};
  while (true) {
    milliseconds left{-1};
    if (deadline) {
      left = std::chrono::ceil<milliseconds>(*deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) {
        errno = ETIMEDOUT;
        return false;
      }
      left = std::min(left, kMaxWait);
    }
    pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int count = poll(&ready, 1, static_cast<int>(left.count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

namespace {

// The result of one read(). Negative, with errno set, at the deadline and on failure.
ssize_t read_some(int descriptor, char* to, std::size_t size, Deadline deadline) {
  while (true) {
    if (deadline && !wait_to_read(descriptor, deadline)) return -1;
    const ssize_t got = read(descriptor, to, size);
    if (got >= 0 || errno != EINTR) return got;
  }
}

}  // namespace

bool read_whole(int descriptor, char* to, std::size_t size, Deadline deadline) {
  while (size > 0) {
    const ssize_t got = read_some(descriptor, to, size, deadline);
    if (got == 0) errno = 0;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool read_to_end(int descriptor, std::string& text, std::size_t most, Deadline deadline) {
  std::array<char, 16384> buffer{};
  while (text.size() <= most) {
    const ssize_t got = read_some(descriptor, buffer.data(), buffer.size(), deadline);
    if (got < 0) return false;
    if (got == 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace xsaudit
