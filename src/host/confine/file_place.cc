#include "host/confine/file_place.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <random>
#include <system_error>
#include <utility>

#include "base/escape.h"
#include "base/system_io.h"

namespace xsaudit {
namespace {

// The number of links that Linux follows (MAXSYMLINKS).
constexpr int kMaxLinks = 40;

bool is_anothers(const struct stat& status) {
  return status.st_uid != 0 && status.st_uid != geteuid();
}

bool is_safe(const struct stat& directory) {
  // The rights of an access control list appear as the rights of the group (acl(5)).
  return !is_anothers(directory) && (directory.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// Another user can make a hard link to a file of root if fs.protected_hardlinks is off.
std::string suspicion_of(const struct stat& found, const struct stat& directory) {
  if (is_safe(directory)) return {};
  if (is_anothers(found)) return "belongs to user " + std::to_string(found.st_uid);
  if (!S_ISDIR(found.st_mode) && found.st_nlink > 1) return "has another name too";
  return {};
}

bool is_on_proc(int descriptor) {
  struct statfs file_system {};
  return fstatfs(descriptor, &file_system) == 0 && file_system.f_type == PROC_SUPER_MAGIC;
}

bool same_file(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
         (one.st_mode & S_IFMT) == (other.st_mode & S_IFMT);
}

// The permissions that open() would give a new file. The umask can only be read by setting it.
mode_t mode_of_new_file() {
  const mode_t mask = umask(077);
  umask(mask);
  return 0666U & ~mask;
}

}  // namespace

// One walk along a path. Each step is one name in the directory that the walk has reached.
class PathWalk {
 public:
  PathWalk(const std::string& path, FilePlace::LastLink last_link)
      : path_(path), last_link_(last_link) {}

  Result<FilePlace> run() {
    XSAUDIT_TRY(enter(path_.starts_with('/') ? "/" : ".", AT_FDCWD));
    push(path_);
    while (!ahead_.empty()) {
      const std::string name = std::move(ahead_.front());
      ahead_.pop_front();
      XSAUDIT_TRY(ahead_.empty() ? finish(name) : step(name));
    }
    return std::move(place_);
  }

 private:
  // Puts the names of `path` before the remaining names. An empty name at the end stays: "name/" is
  // a directory.
  void push(const std::string& path) {
    std::deque<std::string> names;
    std::size_t begin = 0;
    while (true) {
      const std::size_t slash = path.find('/', begin);
      const bool last = slash == std::string::npos;
      std::string name = path.substr(begin, last ? slash : slash - begin);
      if (last || (!name.empty() && name != ".")) names.push_back(std::move(name));
      if (last) break;
      begin = slash + 1;
    }
    ahead_.insert(ahead_.begin(), names.begin(), names.end());
  }

  Status enter(const std::string& name, int below) {
    FileDescriptor next(openat(below, name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!next.is_open()) return system_error(path_, "its directory cannot be opened", errno);
    return enter(next);
  }

  Status enter(FileDescriptor& next) {
    if (fstat(next.get(), &directory_) != 0) {
      return system_error(path_, "its directory cannot be examined", errno);
    }
    place_.directory_ = std::move(next);
    return ok();
  }

  // A directory, or a link to one.
  Status step(const std::string& name) {
    if (name.empty() || name == ".") return ok();
    if (name == "..") return enter(name, place_.directory());
    FileDescriptor next(openat(place_.directory(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat found {};
    if (!next.is_open() || fstat(next.get(), &found) != 0) {
      return system_error(path_, "its directory cannot be opened", errno);
    }
    if (S_ISDIR(found.st_mode)) return enter(next);
    if (!S_ISLNK(found.st_mode)) {
      return system_error(path_, "its directory cannot be opened", ENOTDIR);
    }
    // The links of /proc are the kernel's own, and those to open files have no text to follow.
    if (is_on_proc(place_.directory())) return enter(name, place_.directory());
    return follow(name, next.get(), found);
  }

  Status finish(const std::string& name) {
    if (name.empty() || name == "." || name == "..") {
      return system_error(path_, "cannot be written", EISDIR);
    }
    place_.name_ = name;
    const FileDescriptor found(
        openat(place_.directory(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!found.is_open()) {
      return errno == ENOENT ? ok() : system_error(path_, "cannot be examined", errno);
    }
    struct stat status {};
    if (fstat(found.get(), &status) != 0) return system_error(path_, "cannot be examined", errno);
    if (S_ISDIR(status.st_mode)) return system_error(path_, "cannot be written", EISDIR);
    if (S_ISLNK(status.st_mode)) {
      if (last_link_ == FilePlace::LastLink::refuse) {
        return system_error(path_, "cannot be opened", ELOOP);
      }
      if (!is_on_proc(place_.directory())) return follow(name, found.get(), status);
      place_.open_descriptor_ = true;
      if (fstatat(place_.directory(), name.c_str(), &status, 0) != 0) {
        return system_error(path_, "cannot be examined", errno);
      }
    } else {
      place_.suspicion_ = suspicion_of(status, directory_);
    }
    place_.existing_ = status;
    return ok();
  }

  Status follow(const std::string& name, int link, const struct stat& found) {
    if (const std::string why = suspicion_of(found, directory_); !why.empty()) {
      return Error{escape_shortened(path_),
                   "the symbolic link " + escape_shortened(name) + " on the way " + why,
                   "links that another user may have made are not followed"};
    }
    if (++links_ > kMaxLinks) return system_error(path_, "cannot be followed", ELOOP);
    std::array<char, PATH_MAX> target{};
    const ssize_t length = readlinkat(link, "", target.data(), target.size());
    if (length <= 0 || length == static_cast<ssize_t>(target.size())) {
      return system_error(path_, "cannot be followed", length < 0 ? errno : ENAMETOOLONG);
    }
    const std::string text(target.data(), static_cast<std::size_t>(length));
    if (text.starts_with('/')) {
      XSAUDIT_TRY(enter("/", AT_FDCWD));
    }
    push(text);
    return ok();
  }

  const std::string& path_;
  const FilePlace::LastLink last_link_;
  std::deque<std::string> ahead_;
  struct stat directory_ {};
  int links_ = 0;
  FilePlace place_;
};

Result<FilePlace> FilePlace::find(const std::string& path, LastLink last_link) {
  return PathWalk(path, last_link).run();
}

Result<FileDescriptor> FilePlace::open(int flags, const std::string& place) const {
  const int follow = open_descriptor_ ? 0 : O_NOFOLLOW;
  FileDescriptor file(
      openat(directory(), name_.c_str(), flags | follow | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) {
    return errno == ENXIO && S_ISFIFO(existing_->st_mode)
               ? Error{escape_shortened(place), "nothing reads from this FIFO", {}}
               : system_error(place, "cannot be written", errno);
  }
  struct stat opened {};
  if (fstat(file.get(), &opened) != 0) return system_error(place, "cannot be examined", errno);
  if (!same_file(opened, *existing_)) {
    return Error{escape_shortened(place), "was exchanged while it was opened", {}};
  }
  const int status = fcntl(file.get(), F_GETFL);
  if (status < 0 || fcntl(file.get(), F_SETFL, status & ~O_NONBLOCK) != 0) {
    return system_error(place, "cannot be written", errno);
  }
  return file;
}

// The name is not derived from that of the place, which may already have the maximum length.
FileDescriptor FilePlace::create_temporary(std::string& name) const {
  constexpr int kAttempts = 100;
  std::random_device chance;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    name = ".xsaudit." + std::to_string(chance());
    FileDescriptor made(openat(directory(), name.c_str(),
                               O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (made.is_open() || errno != EEXIST) return made;
  }
  return {};
}

// Another user's file is replaced, but its permissions are not copied.
mode_t FilePlace::mode_of_replacement() const {
  const bool own = exists() && suspicion().empty() && existing_->st_uid == geteuid();
  return own ? existing_->st_mode & 0777U : mode_of_new_file();
}

FileDescriptor FilePlace::create(int flags, mode_t mode) const {
  return FileDescriptor(
      openat(directory(), name_.c_str(), flags | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, mode));
}

}  // namespace xsaudit
