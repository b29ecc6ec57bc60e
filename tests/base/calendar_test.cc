#include "base/calendar.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

TEST_CASE("a UTC time is written and read back") {
  // date -u -d @1000000000
  CHECK(utc_text(1'000'000'000) == "2001-09-09T01:46:40Z");
  CHECK(utc_text(-1) == "1969-12-31T23:59:59Z");
  CHECK(parse_utc("2001-09-09T01:46:40Z") == 1'000'000'000);
  for (const char* text : {"", "2001-09-09", "2001-09-09T01:46:40", "2001-09-09T01:46:40Zx"}) {
    CHECK_FALSE(parse_utc(text).has_value());
  }
  CHECK(utc_text(INT64_MAX).empty());
}

}  // namespace
}  // namespace xsaudit
