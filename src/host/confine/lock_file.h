// A lock that excludes a second run while the first lasts. The lock is on the open file (flock), so
// the kernel releases it when the process ends, however that happens; the text in the file, the
// pid, is only for people. Owns its descriptor, which may stay open while the program is confined;
// used by one thread.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace xsaudit {

class LockFile {
 public:
  // An error if another process holds the lock, if the path is a symbolic link, or if the file may
  // be another user's, who could block runs with it. Afterwards only the owner may open the file.
  static Result<LockFile> take(const std::string& path);

  // The lock of all audits of the host's own store, for root: /run/xsaudit/lock. The directory
  // belongs to root and is created if necessary, so that no other user can take the lock first.
  static Result<LockFile> take_of_host();

  int descriptor() const { return descriptor_.get(); }

 private:
  static Result<FileDescriptor> open(const std::string& path);
  explicit LockFile(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  FileDescriptor descriptor_;
};

}  // namespace xsaudit
