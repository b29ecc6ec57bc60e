#include "rules/rule_file.h"

#include <string>

namespace xsaudit {

// A line that begins without a blank begins a key.
Result<RuleFileParts> split_rule_file(const TextFile& file) {
  RuleFileParts parts{file.text, {}, 0};
  std::size_t line = 1;
  for (std::size_t begin = 0; begin < file.text.size(); ++line) {
    const std::string_view rest = std::string_view(file.text).substr(begin);
    if (parts.tests_line == 0 && rest.starts_with("tests:")) {
      parts.rule = std::string_view(file.text).substr(0, begin);
      parts.tests = rest;
      parts.tests_line = line;
    } else if (parts.tests_line != 0 &&
               std::string_view(" \t\r\n#").find(rest.front()) == std::string_view::npos) {
      return Error{file.name + ":" + std::to_string(line) + ":1",
                   "'tests' is the last key of a rule", "move this before it"};
    }
    const std::size_t end = rest.find('\n');
    begin = end == std::string_view::npos ? file.text.size() : begin + end + 1;
  }
  return parts;
}

}  // namespace xsaudit
