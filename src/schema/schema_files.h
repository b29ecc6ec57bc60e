// The files of the built-in schema as they were when the program was built, for people who start
// one of their own from them. Any thread.
#pragma once

#include <vector>

#include "base/text_file.h"

namespace xsaudit {

// schema/*.yaml, sorted by name (src/embed.cmake).
const std::vector<TextFile>& schema_files();

}  // namespace xsaudit
