// A file that a person wrote, by name and text. Plain values.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace xsaudit {

struct TextFile {
  std::string name;  // as errors show it
  std::string text;
};

// A regular file, of at most 16 MiB.
Result<TextFile> read_text_file(const std::string& path);

// The *.yaml files right in a directory, sorted by name; an error if there are none.
Result<std::vector<TextFile>> read_yaml_directory(const std::string& directory);

}  // namespace xsaudit
