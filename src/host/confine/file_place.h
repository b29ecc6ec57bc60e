// The place of a file that the caller of the program named, found in a way that no other user of
// the host can redirect. In a directory that another user may write (/tmp, another user's home)
// that user may have put a symbolic link, a FIFO or a file of his own where the program is about to
// write.
//
// A directory is safe if it belongs to root or to the user of this process, and no one else may
// write it. In any other directory a symbolic link that may be another user's is an error, and
// suspicion() reports other files that may be another user's. Links are followed one by one and
// directories are held open, so that nothing can be exchanged between the check and the use. The
// kernel has similar rules (proc(5), fs.protected_symlinks, protected_regular), which may be
// switched off.
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

  // The last part of `path` need not exist. A directory is an error. `last_link` determines whether
  // the last part may be a symbolic link; earlier parts may be.
  static Result<FilePlace> find(const std::string& path, LastLink last_link = LastLink::follow);

  int directory() const { return directory_.get(); }
  // The name in that directory; never the name of a symbolic link, except for a descriptor of a
  // process.
  const std::string& name() const { return name_; }

  const std::optional<struct stat>& existing() const { return existing_; }
  bool exists() const { return existing_.has_value(); }
  bool is_regular() const { return exists() && S_ISREG(existing_->st_mode); }
  // Whether the path is a descriptor of a process, such as /dev/stdout.
  bool is_open_descriptor() const { return open_descriptor_; }
  // Why another user may have created the existing file; empty if none can have.
  const std::string& suspicion() const { return suspicion_; }

  // Opens the existing file, and no file that has replaced it since. Never waits for the other end
  // of a FIFO: a FIFO without a reader is an error. `place` is the name for errors.
  Result<FileDescriptor> open(int flags, const std::string& place) const;
  // Creates the file, which must not exist. On failure the result is not open and errno is set.
  FileDescriptor create(int flags, mode_t mode) const;

  // Creates a file with a new name in the directory, open to its owner only, for bytes that will
  // replace the file of this place. On failure the result is not open and errno is set.
  FileDescriptor create_temporary(std::string& name) const;
  // The permissions of a file that replaces this one: the same if that belongs to the user of this
  // process, otherwise those of any new file.
  mode_t mode_of_replacement() const;

  // Moves the descriptor of the directory to the caller.
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
