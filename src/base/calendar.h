// Days as people write them in files: "2027-03-31". All in UTC, so that a file means the same on
// every host. Stateless; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace xsaudit {

using Day = std::chrono::sys_days;

// Nothing if the text is not exactly YYYY-MM-DD or not a day of the calendar.
std::optional<Day> parse_day(std::string_view text);

std::string day_text(Day day);

// The current time, for expiry dates and logs. If SOURCE_DATE_EPOCH is set
// (reproducible-builds.org/specs/source-date-epoch), that time, so that the same recording gives
// the same bytes on any day. Any thread.
using Seconds = std::chrono::sys_seconds;

Result<Seconds> current_time();

// Formats seconds since 1970 as "2027-03-31T12:00:00Z"; empty for a year with more than four
// digits.
std::string utc_text(std::int64_t seconds);

// The seconds since 1970 for such a text; nothing for any other.
std::optional<std::int64_t> parse_utc(std::string_view text);

}  // namespace xsaudit
