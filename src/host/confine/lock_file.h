// Keeps a second run away as long as the first lasts. The lock is on the open file (flock), so that
// it goes with the process, however that ends; what the file says, the number of the process, is
// only for people. Owns its descriptor, which may stay open while the program is confined; used by
// one thread.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace xsaudit {

class LockFile {
 public:
  // An error if another process holds it, if it is a symbolic link, and if the file may be another
  // user's, who could keep runs away with it. Afterwards only the owner may open the file.
  static Result<LockFile> take(const std::string& path);

  // The lock of all audits of the host's own store, for root: /run/xsaudit/lock. The directory is
  // root's, and made where it is missing, so that no other user can take the lock first.
  static Result<LockFile> take_of_host();

  int descriptor() const { return descriptor_.get(); }

 private:
  static Result<FileDescriptor> open(const std::string& path);
  explicit LockFile(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  FileDescriptor descriptor_;
};

}  // namespace xsaudit
