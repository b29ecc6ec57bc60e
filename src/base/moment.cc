#include "base/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/number_text.h"

namespace xsaudit {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999
constexpr std::int64_t kMicro = 1'000'000;

// Exactly `digits` digits from the start of the text, at most `most`.
bool take_digits(std::string_view& text, std::size_t digits, int most, int& number) {
  if (text.size() < digits) return false;
  const std::string_view own = text.substr(0, digits);
  if (own.find_first_not_of("0123456789") != own.npos) return false;
  if (!whole_number(own, number) || number > most) return false;
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

struct TimeOfDay {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;

  std::int64_t count() const {
    return (std::int64_t{hour} * 3600 + minute * 60 + second) * kMicro + micros;
  }
};

// "03:35", "03:35:01", "03:35:01.5". Digits of the fraction after the sixth are ignored.
bool take_time(std::string_view& text, TimeOfDay& time) {
  if (!take_digits(text, 2, 23, time.hour) || !take(text, ":") ||
      !take_digits(text, 2, 59, time.minute)) {
    return false;
  }
  if (!take(text, ":")) return true;
  if (!take_digits(text, 2, 59, time.second)) return false;
  if (!take(text, ".")) return true;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return false;
  std::string fraction(text.substr(0, std::min<std::size_t>(digits, 6)));
  fraction.resize(6, '0');
  text.remove_prefix(digits);
  return whole_number(std::string_view(fraction), time.micros);
}

// Seconds to the east: "Z", "+01:00", "-0330".
bool take_zone(std::string_view& text, std::optional<int>& east) {
  if (text.empty()) return true;
  if (take(text, "Z") || take(text, "z")) {
    east = 0;
    return true;
  }
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return false;
  text.remove_prefix(1);
  int hour = 0;
  int minute = 0;
  if (!take_digits(text, 2, 23, hour)) return false;
  take(text, ":");
  if (!text.empty() && !take_digits(text, 2, 59, minute)) return false;
  east = (west ? -1 : 1) * (hour * 3600 + minute * 60);
  return true;
}

// The local time of this host. A time that a change of the clock leaves out or repeats is one of
// the two that it can be.
std::optional<Moment> local_moment(std::chrono::year_month_day day, const TimeOfDay& time) {
  std::tm parts{};
  parts.tm_year = static_cast<int>(day.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(day.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(day.day()));
  parts.tm_hour = time.hour;
  parts.tm_min = time.minute;
  parts.tm_sec = time.second;
  parts.tm_isdst = -1;
  const std::time_t local = ::mktime(&parts);
  if (local < 0) return std::nullopt;
  return Moment(seconds(local) + microseconds(time.micros));
}

// The present day of the local time.
std::chrono::year_month_day local_day(Moment now) {
  const std::time_t second = std::chrono::floor<seconds>(now).time_since_epoch().count();
  std::tm parts{};
  ::localtime_r(&second, &parts);
  return std::chrono::year(parts.tm_year + 1900) /
         std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) /
         std::chrono::day(static_cast<unsigned>(parts.tm_mday));
}

// "15m", "2 h": a time before now.
std::optional<Moment> before_now(std::string_view text, Moment now) {
  std::int64_t count = 0;
  if (!take_number(text, count) || count < 0 || count > kLastSecond) return std::nullopt;
  take(text, " ");
  const auto length = seconds_of_unit(text == "min" ? "m" : text);
  if (!length || count > now.time_since_epoch().count() / kMicro / *length) return std::nullopt;
  return now - seconds(count * *length);
}

std::optional<Moment> written_moment(std::string_view text, Moment now) {
  std::optional<Day> day;
  TimeOfDay time;
  std::optional<int> east;
  if (text.size() >= 10 && text[4] == '-') {
    day = parse_day(text.substr(0, 10));
    if (!day) return std::nullopt;
    text.remove_prefix(10);
    const bool timed = take(text, "T") || take(text, "t") || take(text, " ");
    if (timed && !take_time(text, time)) return std::nullopt;
  } else if (!take_time(text, time)) {
    return std::nullopt;
  }
  take(text, " ");
  if (!take_zone(text, east) || !text.empty()) return std::nullopt;
  if (!east) return local_moment(day ? std::chrono::year_month_day(*day) : local_day(now), time);
  const Day of_now = std::chrono::floor<std::chrono::days>(now + seconds(*east));
  return Moment(day.value_or(of_now)) + microseconds(time.count()) - seconds(*east);
}

}  // namespace

std::optional<std::int64_t> seconds_of_unit(std::string_view unit) {
  constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}, {"w", 604'800}};
  for (const auto& [name, length] : kUnits) {
    if (unit == name) return length;
  }
  return std::nullopt;
}

std::string moment_text(Moment moment) {
  const std::int64_t count =
      std::clamp(moment.time_since_epoch().count(), std::int64_t{0}, kLastSecond * kMicro);
  const std::string whole = utc_text(count / kMicro);
  return fmt::format("{}.{:06}Z", whole.substr(0, whole.size() - 1), count % kMicro);
}

std::optional<Moment> parse_moment_text(std::string_view text) {
  constexpr std::size_t kLength = 27;
  if (text.size() != kLength) return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  TimeOfDay time;
  std::string_view rest = text.substr(10);
  if (!day || Moment(*day) < Moment() || !take(rest, "T") || !take_time(rest, time) ||
      rest != "Z") {
    return std::nullopt;
  }
  const Moment moment = Moment(*day) + microseconds(time.count());
  return moment_text(moment) == text ? std::optional(moment) : std::nullopt;
}

Result<Moment> parse_given_moment(const std::string& text, Moment now) {
  std::string_view rest = text;
  std::optional<Moment> moment;
  std::int64_t since_1970 = 0;
  if (rest == "now") {
    moment = now;
  } else if (rest.starts_with('@')) {
    if (whole_number(rest.substr(1), since_1970) && since_1970 >= 0 && since_1970 <= kLastSecond) {
      moment = Moment(seconds(since_1970));
    }
  } else if (rest.starts_with('-')) {
    moment = before_now(rest.substr(1), now);
  } else if (rest.ends_with(" ago")) {
    moment = before_now(rest.substr(0, rest.size() - 4), now);
  } else {
    moment = written_moment(rest, now);
  }
  if (moment && *moment >= Moment() && *moment <= Moment(seconds(kLastSecond))) return *moment;
  return Error{"", single_quoted(text) + " is not a time",
               "for example 2026-11-29T03:35:01Z, 03:35 (local time) or '15m ago'"};
}

}  // namespace xsaudit
