#include "cli/clock.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace xsaudit {

Result<Seconds> current_time() {
  const char* const given = std::getenv("SOURCE_DATE_EPOCH");
  if (given == nullptr) {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }
  const std::string_view text = given;
  constexpr std::int64_t kEndOfYear9999 = 253'402'300'799;
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc{} || end != text.data() + text.size() || seconds < 0 ||
      seconds > kEndOfYear9999) {
    return Error{"SOURCE_DATE_EPOCH", "expected seconds since 1970", "unset it"};
  }
  return Seconds(std::chrono::seconds(seconds));
}

}  // namespace xsaudit
