#include "schema/text_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "store/escape.h"

namespace xsaudit {
namespace {

// Far above what a person writes; what is larger is not a rule or a schema.
constexpr std::uintmax_t kMaxFileBytes = 16u << 20;

Error cannot_read(const std::string& path, const std::string& why) {
  return {escape(path), "cannot be read: " + why, {}};
}

}  // namespace

Result<TextFile> read_text_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  // Only regular files: a pipe would keep the program waiting.
  const bool regular = fs::is_regular_file(path, failed);
  const std::uintmax_t size = regular ? fs::file_size(path, failed) : 0;
  if (failed) return cannot_read(path, failed.message());
  if (!regular) return cannot_read(path, "not a regular file");
  if (size > kMaxFileBytes) return cannot_read(path, "larger than 16 MiB");
  std::ifstream stream(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  if (!stream) return cannot_read(path, "input error");
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
    auto file = read_text_file(path);
    if (!file) return file.error();
    files.push_back(*std::move(file));
  }
  return files;
}

}  // namespace xsaudit
