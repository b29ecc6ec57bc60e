#include "rules/rule.h"

#include <array>

namespace xsaudit {
namespace {

constexpr std::array<const char*, 5> kNames = {"info", "low", "medium", "high", "critical"};

}  // namespace

const char* to_text(Severity severity) { return kNames[static_cast<std::size_t>(severity)]; }

std::optional<Severity> parse_severity(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

}  // namespace xsaudit
