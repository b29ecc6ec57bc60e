#include "base/string_copies.h"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xsaudit {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

std::string text(std::size_t size, char fill = 'x') { return std::string(size, fill); }

TEST_CASE("a copy has the bytes of its string, whatever they and their number are") {
  StringCopies copies;
  std::vector<std::pair<StringCopies::Place, std::string>> all;
  const auto add = [&](const std::string& bytes) { all.emplace_back(copies.add(bytes), bytes); };
  for (std::size_t size = 0; size < 600; ++size) add(text(size, static_cast<char>(size)));
  for (const std::size_t size : {kMebibyte, 3 * kMebibyte, (16 * kMebibyte) - 1}) add(text(size));
  add(std::string("\xff\0\xff\0\0\0", 6));
  CHECK(all.front().first == 0);
  for (const auto& [place, bytes] : all) {
    INFO(bytes.size());
    CHECK(copies.get(place) == bytes);
  }
}

TEST_CASE("copies before and behind the end of a block are whole") {
  // A block has a mebibyte; before the bytes stands their number.
  for (std::size_t first = kMebibyte - 300; first <= kMebibyte + 1; ++first) {
    for (const std::size_t second : {0U, 1U, 250U, 254U, 255U, 256U}) {
      StringCopies copies;
      const auto large = copies.add(text(first));
      const auto next = copies.add(text(second, 'y'));
      const auto empty = copies.add("");
      const auto last = copies.add("last");
      if (copies.get(large) == text(first) && copies.get(next) == text(second, 'y') &&
          copies.get(empty).empty() && copies.get(last) == "last") {
        continue;
      }
      FAIL(first << " and " << second << " bytes");
    }
  }
}

TEST_CASE("views of copies stay valid while others are added") {
  StringCopies copies;
  const std::string_view first = copies.get(copies.add("first"));
  const std::string_view large = copies.get(copies.add(text(3 * kMebibyte)));
  for (int i = 0; i < 100'000; ++i) copies.add("string number " + std::to_string(i));
  CHECK(first == "first");
  CHECK(large == text(3 * kMebibyte));
}

TEST_CASE("a string is shared with the same one shortly before") {
  StringCopies copies;
  const auto one = copies.share("one");
  const auto two = copies.share("two");
  CHECK(one != two);
  CHECK(copies.share("one") == one);
  CHECK(copies.share("two") == two);
  CHECK(copies.add("one") != one);
  for (int i = 0; i < 200'000; ++i) {
    const std::string bytes = "string number " + std::to_string(i);
    REQUIRE(copies.get(copies.share(bytes)) == bytes);
  }
  CHECK(copies.get(copies.share("one")) == "one");
  CHECK(copies.get(one) == "one");
  copies.fit();
  CHECK(copies.get(copies.share("one")) == "one");
  CHECK(copies.get(two) == "two");
}

TEST_CASE("a string that no source can have is refused") {
  StringCopies copies;
  CHECK_THROWS_AS(copies.add(text(16 * kMebibyte)), std::length_error);
  CHECK(copies.get(copies.add("next")) == "next");
}

}  // namespace
}  // namespace xsaudit
