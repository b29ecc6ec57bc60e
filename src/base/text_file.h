// A file that a person wrote: its name and text. Plain values.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace xsaudit {

struct TextFile {
  std::string name;  // for errors
  std::string text;
};

// Reads a regular file of at most 16 MiB.
Result<TextFile> read_text_file(const std::string& path);

// The *.yaml files in a directory without its subdirectories, sorted by name; an error if there are
// none.
Result<std::vector<TextFile>> read_yaml_directory(const std::string& directory);

}  // namespace xsaudit
