// The place of a file that the caller of the program named, found in a way that no other user of
// the host can bend. In a directory that another user may write (/tmp, another user's home) that
// user may have put a symbolic link, a FIFO or a file of his own where the program is about to
// write.
//
// A directory is safe if it belongs to root or to the user of this process, and no one else may
// write it. In any other directory a symbolic link that may be another user's is an error, and of
// anything else that may be another user's the place says so. Links are followed one by one and
// directories are held open, so that nothing can be exchanged between the look and the use. The
// kernel has the same rule in parts (proc(5), fs.protected_symlinks, protected_regular), where it
// is switched on.
//
// Owns the descriptor of the directory. Used by one thread.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace xsaudit {

class FilePlace {
 public:
  enum class LastLink : std::uint8_t { follow, refuse };

  // The last part of `path` need not exist. An error if it is a directory. `last_link` says whether
  // it may be a symbolic link; those on the way to it may.
  static Result<FilePlace> find(const std::string& path, LastLink last_link = LastLink::follow);

  int directory() const { return directory_.get(); }
  // In that directory; never the name of a symbolic link, but for a descriptor of a process.
  const std::string& name() const { return name_; }

  const std::optional<struct stat>& existing() const { return existing_; }
  bool exists() const { return existing_.has_value(); }
  bool is_regular() const { return exists() && S_ISREG(existing_->st_mode); }
  // /dev/stdout and the like: what the process has open, or another one.
  bool is_open_descriptor() const { return open_descriptor_; }
  // Why what exists may have been put there by another user; empty if it cannot.
  const std::string& suspicion() const { return suspicion_; }

  // Opens what exists, and nothing that has come in its place since. Never waits for the other end
  // of a FIFO: that there is none is an error. `place` is how errors name it.
  Result<FileDescriptor> open(int flags, const std::string& place) const;
  // Makes the file, which must not exist; errno, and nothing open, on failure.
  FileDescriptor create(int flags, mode_t mode) const;

  // The caller gets the directory, and this has none any more.
  FileDescriptor take_directory() { return std::move(directory_); }

 private:
  FilePlace() = default;
  friend class PathWalk;  // in file_place.cc

  FileDescriptor directory_;
  std::string name_;
  std::optional<struct stat> existing_;
  bool open_descriptor_ = false;
  std::string suspicion_;
};

}  // namespace xsaudit
