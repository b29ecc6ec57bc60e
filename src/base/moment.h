// Moments to the microsecond, in UTC: as files contain them, and as people write them on a command
// line. Stateless; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace xsaudit {

using Moment = std::chrono::sys_time<std::chrono::microseconds>;

// "2026-11-29T03:35:01.123456Z". Moments before 1970 or after 9999 become the nearest of these.
std::string moment_text(Moment moment);

// The moment of such a text; nothing for any other.
std::optional<Moment> parse_moment_text(std::string_view text);

// The seconds of a unit of time as people write it: s, m, h, d or w.
std::optional<std::int64_t> seconds_of_unit(std::string_view unit);

// What a person writes:
//
//   2026-11-29T03:35:01.5Z   a date and a time, with 'T' or a blank between them; seconds, their
//                            fraction and the zone (Z, +01:00, +0100) can be left out
//   2026-11-29               the beginning of this day
//   03:35, 03:35:01          a time of the present day
//   now, 15m ago, -15m       with s, m, h, d or w
//   @1764387301              seconds since 1970
//
// Without a zone it is the local time of this host.
Result<Moment> parse_given_moment(const std::string& text, Moment now);

}  // namespace xsaudit
