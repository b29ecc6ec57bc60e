// How bad a finding is. Ordered: info never fails an audit, the others do from --fail-on upwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace xsaudit {

enum class Severity : std::uint8_t { info, low, medium, high, critical };

const char* to_text(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);

}  // namespace xsaudit
