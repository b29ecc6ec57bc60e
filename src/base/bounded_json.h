// JSON that somebody else wrote, without trusting its depth. Stateless; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

namespace xsaudit {

inline constexpr int kMaxJsonDepth = 64;

// What `text` holds, or a discarded value (is_discarded()) where it is not JSON, not UTF-8, or
// nests deeper than kMaxJsonDepth. The caller bounds its length.
nlohmann::json parse_bounded_json(std::string_view text);

// The same, with an error that says where in the file of this name, which is safe to print.
Result<nlohmann::json> parse_bounded_json(std::string_view text, const std::string& name);

}  // namespace xsaudit
