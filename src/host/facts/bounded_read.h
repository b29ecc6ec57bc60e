// Reads small files below a directory with a limit on their size. The directory is an open
// descriptor, so reads below /proc/PID are always of the same process: if the pid is reused, the
// reads fail as if the files were gone. Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "host/facts/fact.h"

namespace xsaudit {

// Opens the directory. Not open on failure, with errno set.
FileDescriptor open_directory(int below, const char* path);

// Each is absent if there is no such file, or its process or device is gone, and unknown if it may
// not be read or is longer than `limit`.
Fact<std::string> read_file(int directory, const std::string& path, std::size_t limit);
Fact<std::string> read_link(int directory, const std::string& path);

// The names in a directory except "." and "..", at most `limit`, in no order.
Fact<std::vector<std::string>> list_directory(int directory, const char* path, std::size_t limit);

}  // namespace xsaudit
