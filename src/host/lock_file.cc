#include "host/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "store/escape.h"

namespace xsaudit {
namespace {

Error error(const std::string& path, std::string message, std::string hint = {}) {
  return {escape(path), std::move(message), std::move(hint)};
}

// " (process 4711)" if the file says so.
std::string holder(int descriptor) {
  char text[16];
  const ssize_t count = ::pread(descriptor, text, sizeof text, 0);
  std::string digits(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  if (digits.ends_with('\n')) digits.pop_back();
  const bool number = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
  return number ? " (process " + digits + ")" : "";
}

}  // namespace

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<LockFile> LockFile::take(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return error(path, std::string("cannot be opened: ") + std::strerror(errno));
  }
  LockFile lock(descriptor);
  struct stat found {};
  if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode) || found.st_uid != ::geteuid()) {
    return error(path, "is no file of one's own, to be locked", "see who made it");
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int number = errno;
    if (number == EWOULDBLOCK) {
      return error(path, "another audit is running" + holder(descriptor), "this one was not made");
    }
    return error(path, std::string("cannot be locked: ") + std::strerror(number));
  }
  const std::string process = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, process.data(), process.size(), 0) !=
                                             static_cast<ssize_t>(process.size())) {
    return error(path, std::string("cannot be written: ") + std::strerror(errno));
  }
  return lock;
}

}  // namespace xsaudit
