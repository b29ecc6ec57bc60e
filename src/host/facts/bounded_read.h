// Reading small things below a directory without trusting their size. The directory is an open
// descriptor, so what is read below /proc/PID is always of the same process: a pid that is given to
// another process does not change it (the reads then fail as if the files were gone). Stateless;
// any thread.
#pragma once

#include <string>
#include <vector>

#include "host/facts/fact.h"

namespace xsaudit {

// A descriptor that is closed with its owner.
class OpenDirectory {
 public:
  // -1 where it could not be opened; errno says why.
  OpenDirectory(int below, const char* path);
  OpenDirectory(const OpenDirectory&) = delete;
  OpenDirectory& operator=(const OpenDirectory&) = delete;
  ~OpenDirectory();
  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

// Each is absent where there is no such file or its process is gone, and unknown where it may not
// be read or is longer than `limit`.
Fact<std::string> read_file(int directory, const std::string& path, std::size_t limit);
Fact<std::string> read_link(int directory, const std::string& path);

// The names in a directory but "." and "..", at most `limit`, in no order.
Fact<std::vector<std::string>> list_directory(int directory, const char* path, std::size_t limit);

}  // namespace xsaudit
