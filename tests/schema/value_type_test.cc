// What values of each type may be, and how a type that is wrong is refused.
#include "schema/value_type.h"

#include <catch2/catch.hpp>
#include <map>

namespace xsaudit {
namespace {

ValueType type(std::string_view text) {
  auto parsed = ValueType::parse(text);
  if (!parsed) FAIL(parsed.error().text());
  return *std::move(parsed);
}

bool accepts(const ValueType& type, std::string_view value) {
  static const std::map<std::string, std::string, std::less<>> variables = {{"DOMID", "3"}};
  return type.accepts(value, [](std::string_view name) -> std::string_view {
    return variables.find(name)->second;
  });
}

std::string refusal(std::string_view text) {
  std::size_t at = 1000;
  auto parsed = ValueType::parse(text, &at);
  return parsed ? "accepted" : std::to_string(at) + ": " + parsed.error().text();
}

using namespace std::string_view_literals;

struct Case {
  std::string_view type;
  std::vector<std::string_view> good;
  std::vector<std::string_view> bad;
};

TEST_CASE("every named type, with values at and over its edges") {
  const std::vector<Case> cases = {
      {"any", {"", "\0\xff"sv, "x"}, {}},
      {"text",
       {"", "Domain-0", "na\xc3\xafve", "\xf0\x9f\x90\xa7", "\"quoted\""},
       {"\n", "\x1b[2J", "\x7f", "\xc2\x9b", "\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80",
        "\xe0\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\0b"sv, "\x80"}},
      {"empty", {""}, {" ", "0"}},
      {"domid", {"0", "32751"}, {"32752", "-1", "", "01", "1 "}},
      {"uuid",
       {"0f82d65c-305d-4002-b93c-984251a6c77b"},
       {"", "0f82d65c-305d-4002-b93c-984251a6c77", "0f82d65c305d4002b93c984251a6c77b"}},
      {"path", {"/", "/vm/x", "/a/b-c_d@e"}, {"", "vm/x", "/a/", "/a//b", "/a.b", "/../etc"}},
      {"file", {"/dev/pts/0", "/"}, {"", "dev/pts/0", "/a\nb"}},
      {"kib", {"0", "1572864", "18014398509481983"}, {"", "-1", "18014398509481984", "1K"}},
      {"event-channel", {"1", "131071"}, {"0", "131072", "", "-1"}},
      {"grant-reference", {"0", "8", "4294967295"}, {"4294967296", "", "0x8", "-1"}},
      {"frame-number", {"0", "18446744073709551615"}, {"18446744073709551616", "", "x"}},
      {"state", {"0", "8"}, {"9", "", "00", "-1", "ready"}},
      {"flag", {"0", "1"}, {"2", "", "true", "01"}},
      {"device-number", {"0", "51712", "536870911"}, {"536870912", "", "xvda"}},
      {"major-minor", {"7:0", "fd:1f", "FD:00"}, {"", "7", "7:", ":0", "7:0:1", "g:0", "7: 0"}},
      {"mac",
       {"00:16:3e:00:00:01", "FF:ff:00:aB:cd:ef"},
       {"", "00:16:3e:00:00", "00:16:3e:00:00:0", "00-16-3e-00-00-01", "00:16:3e:00:00:0g",
        "00:16:3e:00:00:01 "}},
      {"ipv4", {"0.0.0.0", "10.0.0.1"}, {"", "10.0.0", "10.0.0.256", "10.0.0.1\0"sv, "::1"}},
      {"ipv6", {"::", "fe80::216:3eff:fe00:1"}, {"", "10.0.0.1", "fe80::1%eth0", "::g", "::\0"sv}},
      {"distribution",
       {"Citrix XENBUS 9.1.0.4", "Citrix XENBUS 9.1.0.4 ", "Citrix XENBUS 9.1.0.4 DEBUG build"},
       {"", "XENBUS", "Citrix XENBUS", "Citrix XENBUS ", "Citrix  9.1", " XENBUS 9.1", "a b  c",
        "a b 1\n"}},
  };
  CHECK(cases.size() == ValueType::named().size());
  for (const Case& one : cases) {
    const ValueType parsed = type(one.type);
    CHECK(parsed.text() == one.type);
    for (const std::string_view value : one.good) {
      CAPTURE(one.type, value);
      CHECK(accepts(parsed, value));
    }
    for (const std::string_view value : one.bad) {
      CAPTURE(one.type, value);
      CHECK_FALSE(accepts(parsed, value));
    }
  }
}

TEST_CASE("types with parameters") {
  CHECK(accepts(type("integer"), "-9223372036854775808"));
  CHECK_FALSE(accepts(type("integer"), "9223372036854775808"));
  CHECK_FALSE(accepts(type("integer"), ""));
  CHECK_FALSE(accepts(type("integer"), "1.5"));
  CHECK(accepts(type("integer 0..8"), "0"));
  CHECK(accepts(type("integer 0..8"), "8"));
  CHECK_FALSE(accepts(type("integer 0..8"), "9"));
  CHECK_FALSE(accepts(type("integer 0..8"), "-1"));
  CHECK(accepts(type("integer -1.."), "-1"));
  CHECK_FALSE(accepts(type("integer ..5"), "6"));
  CHECK(accepts(type("one of online offline"), "offline"));
  CHECK_FALSE(accepts(type("one of online offline"), "off"));
  CHECK_FALSE(accepts(type("one of online offline"), ""));
  CHECK(accepts(type("matches [0-9]+:[0-9]+"), "12:34"));
  CHECK_FALSE(accepts(type("matches [0-9]+:[0-9]+"), "x12:34"));  // the whole value
  CHECK_FALSE(accepts(type("matches .*"), "a\nb"));
  CHECK(accepts(type("$DOMID"), "3"));
  CHECK_FALSE(accepts(type("$DOMID"), "03"));
}

TEST_CASE("alternatives") {
  const ValueType either = type("integer 0..8 or empty or one of on off or $DOMID");
  for (const char* value : {"0", "8", "", "on", "off", "3"}) CHECK(accepts(either, value));
  for (const char* value : {"9", "or", "x"}) CHECK_FALSE(accepts(either, value));
  CHECK(either.variables() == std::vector<std::string>{"DOMID"});
  // A regular expression takes the rest, whatever is in it.
  CHECK(accepts(type("empty or matches this or that"), "this or that"));
}

TEST_CASE("what a value should be") {
  CHECK(type("domid").expected() == "a domid");
  CHECK(type("uuid or empty").expected() == "a UUID, or empty");
  CHECK(type("integer 1..5").expected() == "a whole number from 1 to 5");
  CHECK(type("integer 1..").expected() == "a whole number from 1");
  CHECK(type("integer ..5").expected() == "a whole number up to 5");
  CHECK(type("integer").expected() == "a whole number");
  CHECK(type("one of a b").expected() == "one of 'a', 'b'");
  CHECK(type("matches [a-z]+").expected() == "a text that matches [a-z]+");
  CHECK(type("$DOMID").expected() == "$DOMID of its path");
}

TEST_CASE("types that are refused, and where") {
  CHECK(refusal("domidd") == "0: unknown type 'domidd' (did you mean 'domid'?)");
  CHECK(refusal("uuid or emty") == "8: unknown type 'emty' (did you mean 'empty'?)");
  CHECK(refusal("") == "0: unknown type ''");
  CHECK(refusal("uuid or ") == "8: unknown type ''");
  CHECK(refusal("integer 5") == "0: '5' is not a range (as in: integer 0..65535)");
  CHECK(refusal("integer a..b").find("0: 'a..b' is not a range") == 0);
  CHECK(refusal("one of a") == "0: a choice among fewer than two");
  CHECK(refusal("one of a  b") == "0: two blanks in a row");
  CHECK(refusal("matches (").find("0: not a regular expression: ") == 0);
  CHECK(refusal("$") == "0: '$' without the name of a variable");
}

}  // namespace
}  // namespace xsaudit
