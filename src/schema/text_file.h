// A YAML file by name and text, wherever it came from: built into the program, or a directory that
// the command line names. Plain values.
#pragma once

#include <string>
#include <vector>

#include "store/error.h"

namespace xsaudit {

struct TextFile {
  std::string name;  // as errors show it
  std::string text;
};

// The *.yaml files right in a directory, sorted by name; an error if there are none.
Result<std::vector<TextFile>> read_yaml_directory(const std::string& directory);

// schema/*.yaml as they were when the program was built (src/embed.cmake).
const std::vector<TextFile>& embedded_schema();

}  // namespace xsaudit
