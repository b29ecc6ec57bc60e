// Reading small things below a directory without trusting their size. The directory is an open
// descriptor, so what is read below /proc/PID is always of the same process: a pid that is given to
// another process does not change it (the reads then fail as if the files were gone). Stateless;
// any thread.
#pragma once

#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "host/facts/fact.h"

namespace xsaudit {

// Nothing of it is read yet. Not open where it cannot be opened; errno says why.
FileDescriptor open_directory(int below, const char* path);

// Each is absent where there is no such file or its process is gone, and unknown where it may not
// be read or is longer than `limit`.
Fact<std::string> read_file(int directory, const std::string& path, std::size_t limit);
Fact<std::string> read_link(int directory, const std::string& path);

// The names in a directory but "." and "..", at most `limit`, in no order.
Fact<std::vector<std::string>> list_directory(int directory, const char* path, std::size_t limit);

}  // namespace xsaudit
