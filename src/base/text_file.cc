#include "base/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/escape.h"
#include "base/file_descriptor.h"
#include "base/system_io.h"

namespace xsaudit {
namespace {

// Far above the size of any rule or schema file.
constexpr off_t kMaxFileBytes = 16u << 20;

Error cannot_read(const std::string& path, const std::string& why) {
  return {escape(path), "cannot be read: " + why, {}};
}

}  // namespace

// Only regular files: reading a pipe would block, and opening a device can have an effect.
Result<TextFile> read_text_file(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return cannot_read(path, std::strerror(errno));
  if (!S_ISREG(found.st_mode)) return cannot_read(path, "not a regular file");
  // The file may have been replaced by a pipe in between.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open() || ::fstat(file.get(), &found) != 0) {
    return cannot_read(path, std::strerror(errno));
  }
  if (!S_ISREG(found.st_mode)) return cannot_read(path, "not a regular file");
  if (found.st_size > kMaxFileBytes) return cannot_read(path, "larger than 16 MiB");
  std::string text(static_cast<std::size_t>(found.st_size), '\0');
  if (!read_whole(file.get(), text.data(), text.size())) {
    return cannot_read(path, errno != 0 ? std::strerror(errno) : "it shrinks");
  }
  return TextFile{path, std::move(text)};
}

Result<std::vector<TextFile>> read_yaml_directory(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code failed;
  std::vector<fs::path> paths;
  for (fs::directory_iterator at(directory, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->path().extension() == ".yaml") paths.push_back(at->path());
  }
  if (failed) return cannot_read(directory, failed.message());
  if (paths.empty()) return Error{escape(directory), "there is no *.yaml file in it", {}};
  std::sort(paths.begin(), paths.end());

  std::vector<TextFile> files;
  for (const fs::path& path : paths) {
    XSAUDIT_ASSIGN(auto file, read_text_file(path));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace xsaudit
