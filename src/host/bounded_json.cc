#include "host/bounded_json.h"

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

}  // namespace

nlohmann::json parse_bounded_json(std::string_view text) {
  if (is_too_deep(text)) return {nlohmann::json::value_t::discarded};
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace xsaudit
