// Files that decide what the program does: configuration, suppressions, baselines, schema, rules.
// As root they are only read where nobody but root may have written them (host/trusted_path.h).
// Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include "store/error.h"
#include "yaml/text_file.h"

namespace xsaudit {

Result<TextFile> read_trusted_file(const std::string& path);

// The *.yaml files right in a directory.
Result<std::vector<TextFile>> read_trusted_directory(const std::string& directory);

}  // namespace xsaudit
