#include "cli/trusted_files.h"

#include <unistd.h>

#include "host/trusted_path.h"

namespace xsaudit {
namespace {

Status trusted(const std::string& path) {
  return ::geteuid() == 0 ? only_root_may_write(path) : ok();
}

}  // namespace

Result<TextFile> read_trusted_file(const std::string& path) {
  if (const Status status = trusted(path); !status) return status.error();
  return read_text_file(path);
}

Result<std::vector<TextFile>> read_trusted_directory(const std::string& directory) {
  if (const Status status = trusted(directory); !status) return status.error();
  auto files = read_yaml_directory(directory);
  if (!files) return files;
  for (const TextFile& file : *files) {
    if (const Status status = trusted(file.name); !status) return status.error();
  }
  return files;
}

}  // namespace xsaudit
