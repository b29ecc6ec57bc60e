#include "base/calendar.h"

#include <fmt/format.h>
#include <array>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "base/number_text.h"

namespace xsaudit {

namespace {

std::optional<int> parse_digits(std::string_view text) {
  int number = 0;
  if (text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  return whole_number(text, number) ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_digits(text.substr(0, 4));
  const auto month = parse_digits(text.substr(5, 2));
  const auto day = parse_digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

std::string day_text(Day day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Result<Seconds> current_time() {
  const char* const given = std::getenv("SOURCE_DATE_EPOCH");
  if (given == nullptr) {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }
  const std::string_view text = given;
  constexpr std::int64_t kEndOfYear9999 = 253'402'300'799;
  std::int64_t seconds = 0;
  if (!whole_number(text, seconds) || seconds < 0 || seconds > kEndOfYear9999) {
    return Error{"SOURCE_DATE_EPOCH", "expected seconds since 1970", "unset it"};
  }
  return Seconds(std::chrono::seconds(seconds));
}

namespace {

constexpr const char* kUtc = "%Y-%m-%dT%H:%M:%SZ";

}  // namespace

std::string utc_text(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return {};
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), kUtc, &parts)};
}

std::optional<std::int64_t> parse_utc(std::string_view text) {
  std::tm parts{};
  const std::string own(text);
  const char* const end = ::strptime(own.c_str(), kUtc, &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return ::timegm(&parts);
}

}  // namespace xsaudit
