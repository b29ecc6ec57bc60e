#include "base/number_text.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

namespace xsaudit {
namespace {

bool read_as(std::string_view text, std::int64_t number) {
  for (const std::int64_t one : possible_numbers(text)) {
    if (one == number) return true;
  }
  return false;
}

TEST_CASE("a whole number has nothing but digits, and fits") {
  std::uint32_t number = 7;
  for (const std::string text : {"", "-1", "+1", " 1", "1 ", "0x10", "1a", "4294967296"}) {
    INFO(text);
    CHECK_FALSE(whole_number(text, number));
  }
  CHECK(whole_number("4294967295", number));
  CHECK(number == 4294967295);
  CHECK(whole_number("fF", number, 16));
  CHECK(number == 255);
  std::int64_t below_zero = 0;
  CHECK(whole_number("-5", below_zero));
  CHECK(below_zero == -5);
}

TEST_CASE("a number is taken off the text that it begins") {
  std::uint32_t number = 0;
  std::string_view text = "12 a";
  CHECK(take_number(text, number));
  CHECK(number == 12);
  CHECK(text == " a");
  CHECK_FALSE(take_number(text, number));
  CHECK(number == 12);
  CHECK(text == " a");
}

TEST_CASE("int() reads what strtol reads, to base 10") {
  for (const std::string text : {"1",
                                 "1 ",
                                 " 1",
                                 "\t\n\v\f\r1",
                                 "+1",
                                 "-1",
                                 "1x",
                                 "01",
                                 "007",
                                 "4294967296",
                                 "1_0",
                                 "0x10",
                                 "9223372036854775807",
                                 "9223372036854775808",
                                 "-9223372036854775808",
                                 "-9223372036854775809",
                                 "999999999999999999999999999",
                                 "- 1x",
                                 "5,6",
                                 "0"}) {
    INFO(text);
    char* end = nullptr;
    const long long number = std::strtoll(text.c_str(), &end, 10);
    if (end == text.c_str()) {
      CHECK_FALSE(leading_number(text));
    } else {
      CHECK(leading_number(text) == std::int64_t{number});
    }
  }
}

TEST_CASE("What begins with no digit is not a number to any reader") {
  for (const char* text : {"", " ", "x1", "+", "-", "- 1", "+-1", "_1", "garbage", "\x01"}) {
    INFO(text);
    CHECK_FALSE(leading_number(text));
    CHECK(possible_numbers(text).empty());
  }
}

TEST_CASE("A plain number is one number to all readers") {
  for (const std::int64_t number : {0, 1, 9, 10, 51712, 2147483647}) {
    CHECK(possible_numbers(std::to_string(number)) == std::vector<std::int64_t>{number});
  }
}

TEST_CASE("Other spellings are what each reader makes of them") {
  CHECK(read_as("051760", 51760));  // atoi
  CHECK(read_as("051760", 21488));  // %i
  CHECK(read_as("0x10", 0));        // atoi
  CHECK(read_as("0x10", 16));       // %i, and OCaml
  CHECK(read_as("0b11", 3));        // OCaml
  CHECK(read_as("0o17", 15));
  CHECK(read_as("0u17", 17));
  CHECK(read_as("1_0", 1));  // atoi
  CHECK(read_as("1_0", 10));
  CHECK_FALSE(read_as("1_0 ", 10));  // OCaml refuses it
  CHECK(read_as("-1", 4294967295));
  CHECK(read_as("4294967297", 1));  // in 32 bits
  CHECK(read_as("4294967297", 4294967297));
  CHECK(read_as("3000000000", -1294967296));
  CHECK(read_as("08", 0));  // %i stops at the 8
  CHECK(read_as("08", 8));
  CHECK(read_as("0x", 0));
}

TEST_CASE("Names that some reader takes for a device's number") {
  for (const char* name :
       {"0", "51712", "051760", "4294967296", "-1", "1x", "0xca00", "5_1", "1-2"}) {
    INFO(name);
    CHECK(begins_with_number(name));
  }
  for (const char* name : {"", "-", "--1", "x1", "event-channel", "@1", "_1"}) {
    INFO(name);
    CHECK_FALSE(begins_with_number(name));
  }
}

}  // namespace
}  // namespace xsaudit
