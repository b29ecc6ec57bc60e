#include "base/string_pool.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace xsaudit {
namespace {

TEST_CASE("equal strings have equal ids, different ones different ids") {
  StringPool pool;
  const StringId state = pool.add("state");
  CHECK(pool.add("state") == state);
  CHECK(pool.add("stat") != state);
  CHECK(pool.add("state ") != state);
  CHECK(pool.size() == 3);
  CHECK(pool.get(state) == "state");
}

TEST_CASE("a string is any bytes, the empty one too") {
  StringPool pool;
  const std::string_view zeros("\0\0", 2);
  const StringId empty = pool.add("");
  const StringId one_zero = pool.add(zeros.substr(0, 1));
  const StringId two_zeros = pool.add(zeros);
  CHECK(empty != one_zero);
  CHECK(one_zero != two_zeros);
  CHECK(pool.get(empty).empty());
  CHECK(pool.get(two_zeros) == zeros);
  CHECK(pool.add("") == empty);
}

TEST_CASE("looking a string up does not add it") {
  StringPool pool;
  CHECK(pool.find("absent") == kNoString);
  CHECK(pool.find("") == kNoString);
  CHECK(pool.size() == 0);
  const StringId id = pool.add("present");
  CHECK(pool.find("present") == id);
  CHECK(pool.find("absent") == kNoString);
}

TEST_CASE(
    "views stay good while the pool grows, past many blocks and larger "
    "strings than one") {
  StringPool pool;
  const std::string large(3 << 20, 'x');
  const std::string_view first = pool.get(pool.add("first"));
  const std::string_view second = pool.get(pool.add(large));
  std::vector<StringId> ids;
  for (int i = 0; i < 100'000; ++i) ids.push_back(pool.add("string number " + std::to_string(i)));
  CHECK(first == "first");
  CHECK(second == large);
  for (int i = 0; i < 100'000; ++i) {
    const std::string expected = "string number " + std::to_string(i);
    REQUIRE(pool.get(ids[static_cast<std::size_t>(i)]) == expected);
    REQUIRE(pool.find(expected) == ids[static_cast<std::size_t>(i)]);
  }
  CHECK(pool.size() == 100'002);
}

TEST_CASE("a pool that gave up its room has and finds all strings") {
  for (int count = 0; count < 300; ++count) {
    INFO(count);
    StringPool pool;
    const auto text = [](int i) { return "string number " + std::to_string(i); };
    for (int i = 0; i < count; ++i) {
      CHECK(pool.add(text(i)) == static_cast<StringId>(i));
    }
    pool.fit();
    CHECK(pool.size() == static_cast<std::size_t>(count));
    for (int i = 0; i <= count; ++i) {
      const auto id = static_cast<StringId>(i);
      if (i < count) CHECK(pool.get(id) == text(i));
      CHECK(pool.find(text(i)) == (i < count ? id : kNoString));
    }
  }
}

TEST_CASE("a table of numbers that was cleared takes the same again") {
  SlotTable table;
  const auto find = [&](std::uint32_t number) {
    return table.find(number * 2654435761U, [&](std::uint32_t one) { return one == number; });
  };
  for (const std::uint32_t numbers : {1U, 10U, 100U, 500U}) {
    table.clear(numbers);
    for (std::uint32_t number = 0; number < 2 * numbers; ++number) {
      REQUIRE(find(number) == SlotTable::kNone);
      table.add(number * 2654435761U, number);
      for (std::uint32_t i = 0; i <= number; ++i) REQUIRE(find(i) == i);
    }
  }
}

}  // namespace
}  // namespace xsaudit
