// The two parts of a rule's file. The tests of a rule are most of its file, and only running them
// needs them: they are cut off before the rest is read as YAML. Stateless; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "schema/text_file.h"
#include "store/error.h"

namespace xsaudit {

struct RuleFileParts {
  std::string_view rule;  // both point into the file's text
  std::string_view tests;
  std::size_t tests_line = 0;  // counted from 1; 0: it has no tests
};

// An error where a key follows after `tests`.
Result<RuleFileParts> split_rule_file(const TextFile& file);

}  // namespace xsaudit
