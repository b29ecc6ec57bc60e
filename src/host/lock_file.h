// Keeps a second run away as long as the first lasts. The lock is on the open file (flock), so that
// it goes with the process, however that ends; what the file says, the number of the process, is
// only for people. Owns its descriptor, which may stay open while the program is confined; used by
// one thread.
#pragma once

#include <string>

#include "store/error.h"

namespace xsaudit {

class LockFile {
 public:
  // An error if another process holds it. Whoever runs this must own the file, so that nobody else
  // can keep runs away.
  static Result<LockFile> take(const std::string& path);

  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

  int descriptor() const { return descriptor_; }

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace xsaudit
