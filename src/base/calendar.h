// Days as people write them into files: "2027-03-31". All in UTC, so that a file means the same on
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

// Nothing for what is not exactly YYYY-MM-DD, or no day of the calendar.
std::optional<Day> parse_day(std::string_view text);

std::string day_text(Day day);

// What time it is, for what expires and for what is logged. Where SOURCE_DATE_EPOCH is set
// (reproducible-builds.org/specs/source-date-epoch) it is that time, so that the same recording
// gives the same bytes on any day. Any thread.
using Seconds = std::chrono::sys_seconds;

Result<Seconds> current_time();

// "2027-03-31T12:00:00Z" of seconds since 1970; empty for a year that does not fit.
std::string utc_text(std::int64_t seconds);

// The seconds of such a text; nothing for any other.
std::optional<std::int64_t> parse_utc(std::string_view text);

}  // namespace xsaudit
