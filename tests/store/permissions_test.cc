#include "store/permissions.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

TEST_CASE("an entry is a letter and a domid") {
  struct Case {
    const char* text;
    bool read;
    bool write;
    Domid domid;
  };
  for (const Case& expected :
       {Case{"n0", false, false, 0}, Case{"r1", true, false, 1}, Case{"w32757", false, true, 32757},
        Case{"b65535", true, true, 65535}, Case{"r70000", true, false, 70000},
        Case{"r-5", true, false, -5}, Case{"r-2147483648", true, false, INT32_MIN},
        Case{"r4294967297", true, false, 4294967297},
        Case{"r9223372036854775807", true, false, INT64_MAX}}) {
    INFO(expected.text);
    const auto entry = parse_permission_entry(expected.text);
    REQUIRE(entry);
    CHECK(entry->read == expected.read);
    CHECK(entry->write == expected.write);
    CHECK(entry->domid == expected.domid);
    CHECK_FALSE(entry->stale);
    CHECK(entry->letter() == expected.text[0]);
    CHECK(to_text(Permissions{*entry}) == expected.text);
  }
}

TEST_CASE("a list keeps order and repetitions") {
  const auto list = parse_permissions("n6,n0,n2,n2,b2");
  REQUIRE(list);
  REQUIRE(list->size() == 5);
  CHECK((*list)[0].domid == 6);
  CHECK((*list)[3].letter() == 'n');
  CHECK((*list)[4].letter() == 'b');
  CHECK(to_text(*list) == "n6,n0,n2,n2,b2");
}

TEST_CASE("what is no list is refused, saying which entry and what would be right") {
  for (const char* bad : {"", "n", "0", "x0", "N0", "n-", "n--1", "n+1", "n 1", "n1 ", " n1",
                          "n0x5", "n9223372036854775808", "n99999999999999999999", "n0,", ",n0",
                          "n0,,r1", "n0 r1", "n0;r1"}) {
    INFO(bad);
    const auto list = parse_permissions(bad);
    REQUIRE_FALSE(list);
    CHECK(list.error().message.find("is not a permission") != std::string::npos);
    CHECK(list.error().hint == "a letter n, r, w or b and a domid, as in n0 or r12");
  }
  CHECK(parse_permissions("n0,q1").error().message == "'q1' is not a permission: unknown letter");
}

TEST_CASE("a refused entry is shown escaped and shortened") {
  const std::string hostile = "\x1b]0;title\x07" + std::string(5000, 'x');
  const std::string message = parse_permissions(hostile).error().message;
  CHECK(message.size() < 200);
  CHECK(message.find('\x1b') == std::string::npos);
  CHECK(message.find("\\x1b]0;title\\x07") != std::string::npos);
}

}  // namespace
}  // namespace xsaudit
