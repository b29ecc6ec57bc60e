#include "base/moment.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>

namespace xsaudit {
namespace {

using namespace std::chrono_literals;

// date -u -d 2026-11-29T03:35:01Z +%s
constexpr Moment kNow{std::chrono::seconds(1'795'923'301)};

std::string given(const std::string& text) {
  const auto moment = parse_given_moment(text, kNow);
  return moment ? moment_text(*moment) : "error: " + moment.error().text();
}

}  // namespace

TEST_CASE("a moment is written and read back") {
  CHECK(moment_text(kNow + 123'456us) == "2026-11-29T03:35:01.123456Z");
  CHECK(moment_text(Moment()) == "1970-01-01T00:00:00.000000Z");
  CHECK(moment_text(Moment(-1s)) == "1970-01-01T00:00:00.000000Z");
  CHECK(moment_text(Moment(std::chrono::microseconds(INT64_MAX))) == "9999-12-31T23:59:59.000000Z");
  CHECK(parse_moment_text("2026-11-29T03:35:01.123456Z") == kNow + 123'456us);
  for (const char* text :
       {"", "2026-11-29T03:35:01Z", "2026-11-29T03:35:01.12345Z", "2026-11-29 03:35:01.123456Z",
        "2026-02-30T03:35:01.123456Z", "2026-11-29T24:35:01.123456Z", "2026-11-29T03:35:61.123456Z",
        "2026-11-29T03:35:01.1234567", "1969-11-29T03:35:01.123456Z", "2026-11-29T03:35:01.12345xZ",
        "2026-11-29T03:35.1234567890Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_moment_text(text).has_value());
  }
}

TEST_CASE("a moment as people write it") {
  ::setenv("TZ", "UTC-2", 1);  // two hours to the east
  ::tzset();
  CHECK(given("2026-11-29T03:35:01Z") == "2026-11-29T03:35:01.000000Z");
  CHECK(given("2026-11-29T03:35:01.5Z") == "2026-11-29T03:35:01.500000Z");
  CHECK(given("2026-11-29T03:35:01.123456789Z") == "2026-11-29T03:35:01.123456Z");
  CHECK(given("2026-11-29 03:35Z") == "2026-11-29T03:35:00.000000Z");
  CHECK(given("2026-11-29 03:35:01 +01:00") == "2026-11-29T02:35:01.000000Z");
  CHECK(given("2026-11-29T03:35:01-0330") == "2026-11-29T07:05:01.000000Z");
  CHECK(given("2026-11-29T03:35:01+01") == "2026-11-29T02:35:01.000000Z");
  // Local times.
  CHECK(given("2026-11-29T03:35:01") == "2026-11-29T01:35:01.000000Z");
  CHECK(given("2026-11-29") == "2026-11-28T22:00:00.000000Z");
  CHECK(given("2026-11-29Z") == "2026-11-29T00:00:00.000000Z");
  CHECK(given("04:00") == "2026-11-29T02:00:00.000000Z");
  CHECK(given("04:00:30.25") == "2026-11-29T02:00:30.250000Z");
  CHECK(given("04:00Z") == "2026-11-29T04:00:00.000000Z");
  CHECK(given("23:00-05:00") == "2026-11-29T04:00:00.000000Z");  // the day there
  // Relative to now.
  CHECK(given("now") == "2026-11-29T03:35:01.000000Z");
  CHECK(given("15m ago") == "2026-11-29T03:20:01.000000Z");
  CHECK(given("-2h") == "2026-11-29T01:35:01.000000Z");
  CHECK(given("1 d ago") == "2026-11-28T03:35:01.000000Z");
  CHECK(given("@1000000000") == "2001-09-09T01:46:40.000000Z");
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-11-29T", "2026-11-29T03", "3:35",
                           "03:35:01.", "2026-11-29T03:35:01ZZ", "@", "@-1", "@99999999999999999",
                           "-5", "5m", "-5y", "99999999999999999999d ago", "1969-12-31T00:00:00Z",
                           "2026-11-29T03:35:01+", "2026-11-29T03:35:01+1", "now\n"}) {
    CAPTURE(text);
    CHECK(given(text).find("is not a time") != std::string::npos);
  }
  ::unsetenv("TZ");
  ::tzset();
}

}  // namespace xsaudit
