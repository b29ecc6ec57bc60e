#include "host/facts/bounded_read.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <string_view>
#include <system_error>

#include "base/system_io.h"

namespace xsaudit {
namespace {

// ESRCH: a file of a process that ended while it was open. ENODEV: an attribute of a device that
// was removed while it was open.
template <typename T>
Fact<T> from_error(int error) {
  if (error == ENOENT || error == ESRCH || error == ENODEV) return Fact<T>::absent();
  return Fact<T>::unknown("it may not be read (" + std::generic_category().message(error) + ")");
}

}  // namespace

FileDescriptor open_directory(int below, const char* path) {
  return FileDescriptor(openat(below, path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

Fact<std::string> read_file(int directory, const std::string& path, std::size_t limit) {
  const FileDescriptor file(openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  std::string bytes;
  if (!file.is_open() || !read_to_end(file.get(), bytes, limit)) {
    return from_error<std::string>(errno);
  }
  if (bytes.size() > limit) {
    return Fact<std::string>::unknown("it is longer than " + std::to_string(limit) + " bytes");
  }
  return bytes;
}

Fact<std::string> read_link(int directory, const std::string& path) {
  std::array<char, PATH_MAX + 1> buffer{};
  const ssize_t got = readlinkat(directory, path.c_str(), buffer.data(), buffer.size());
  if (got < 0) return from_error<std::string>(errno);
  if (got == static_cast<ssize_t>(buffer.size())) {
    return Fact<std::string>::unknown("it is longer than a path can be");
  }
  return std::string(buffer.data(), static_cast<std::size_t>(got));
}

Fact<std::vector<std::string>> list_directory(int directory, const char* path, std::size_t limit) {
  using Names = std::vector<std::string>;
  FileDescriptor descriptor(openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) return from_error<Names>(errno);
  const auto closing = [](DIR* open) { closedir(open); };
  const std::unique_ptr<DIR, decltype(closing)> stream(fdopendir(descriptor.get()), closing);
  if (!stream) return from_error<Names>(errno);
  descriptor.release();  // the stream closes it
  Names names;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == "..") continue;
    if (names.size() == limit) {
      return Fact<Names>::unknown("there are more than " + std::to_string(limit));
    }
    names.emplace_back(name);
  }
  if (errno != 0) return from_error<Names>(errno);
  return names;
}

}  // namespace xsaudit
