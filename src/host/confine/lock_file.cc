#include "host/confine/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/escape.h"
#include "base/system_io.h"
#include "host/confine/file_place.h"

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

Result<FileDescriptor> LockFile::open(const std::string& path) {
  constexpr int kAttempts = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    XSAUDIT_ASSIGN(const auto place, FilePlace::find(path, FilePlace::LastLink::refuse));
    if (!place.exists()) {
      FileDescriptor made = place.create(O_RDWR, 0600);
      if (made.is_open()) return made;
      if (errno == EEXIST) continue;  // another run has just made it
      return system_error(path, "cannot be opened", errno);
    }
    if (!place.is_regular() || place.existing()->st_uid != ::geteuid() ||
        !place.suspicion().empty()) {
      return error(path, "is not a regular file of the user who runs this",
                   "only such a file is locked");
    }
    return place.open(O_RDWR, path);
  }
  return error(path, "is made and removed all the time");
}

Result<LockFile> LockFile::take_of_host() {
  constexpr const char* kDirectory = "/run/xsaudit";
  if (::mkdir(kDirectory, 0700) != 0 && errno != EEXIST) {
    return error(kDirectory, std::string("cannot be made: ") + std::strerror(errno),
                 "--lock names another file, --lock none takes no lock");
  }
  struct stat found {};
  if (::lstat(kDirectory, &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() ||
      (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return error(kDirectory, "is not a directory that only root may write",
                 "--lock names another file");
  }
  return take(std::string(kDirectory) + "/lock");
}

Result<LockFile> LockFile::take(const std::string& path) {
  XSAUDIT_ASSIGN(auto opened, open(path));
  LockFile lock(std::move(opened));
  const int descriptor = lock.descriptor();
  // A user who may read a file may lock it.
  if (::fchmod(descriptor, 0600) != 0) {
    return system_error(path, "cannot be kept from others", errno);
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int number = errno;
    if (number == EWOULDBLOCK) {
      return error(path, "another audit is running" + holder(descriptor), "this one was not made");
    }
    return system_error(path, "cannot be locked", number);
  }
  const std::string process = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, process.data(), process.size(), 0) !=
                                             static_cast<ssize_t>(process.size())) {
    return system_error(path, "cannot be written", errno);
  }
  return lock;
}

}  // namespace xsaudit
