#include "base/bounded_json.h"

#include <algorithm>

namespace xsaudit {
namespace {

// Counts brackets outside strings: the parser itself has no bound and would build it all first.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// "file:line:col" of a byte, all counted from 1.
std::string place_of(std::size_t byte, std::string_view text, const std::string& name) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return name + ":" + std::to_string(lines + 1) + ":" +
         std::to_string(before.size() - line_start + 1);
}

}  // namespace

nlohmann::json parse_bounded_json(std::string_view text) {
  if (is_too_deep(text)) return {nlohmann::json::value_t::discarded};
  return nlohmann::json::parse(text, nullptr, false);
}

Result<nlohmann::json> parse_bounded_json(std::string_view text, const std::string& name) {
  if (is_too_deep(text)) {
    return Error{name, "it nests deeper than " + std::to_string(kMaxJsonDepth), {}};
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    return Error{place_of(error.byte, text, name), "this is not JSON", {}};
  }
}

}  // namespace xsaudit
