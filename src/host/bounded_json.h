// JSON that somebody else wrote, without trusting its depth. Stateless; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace xsaudit {

inline constexpr int kMaxJsonDepth = 64;

// What `text` holds, or a discarded value (is_discarded()) where it is not JSON, not UTF-8, or
// nests deeper than kMaxJsonDepth. The caller bounds its length.
nlohmann::json parse_bounded_json(std::string_view text);

}  // namespace xsaudit
