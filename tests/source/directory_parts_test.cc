#include "source/live/live_walk.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

using State = DirectoryParts::State;
using namespace std::string_literals;

constexpr std::size_t kLongest = 100'000;

TEST_CASE("the parts of a directory are put together until an empty name ends them") {
  DirectoryParts parts;
  CHECK(parts.offset() == 0);
  CHECK(parts.take("7\0a\0bc\0"s, kLongest) == State::more);
  CHECK(parts.offset() == 5);
  CHECK(parts.take("7\0d\0\0"s, kLongest) == State::complete);
  CHECK(parts.names() == "a\0bc\0d\0"s);
}

TEST_CASE("a directory without children is one part without a name") {
  DirectoryParts parts;
  CHECK(parts.take("7\0\0"s, kLongest) == State::complete);
  CHECK(parts.names().empty());
}

TEST_CASE("a directory that changes meanwhile is read from its beginning, and not for ever") {
  DirectoryParts parts;
  CHECK(parts.take("7\0a\0"s, kLongest) == State::more);
  CHECK(parts.take("8\0c\0\0"s, kLongest) == State::more);
  CHECK(parts.offset() == 0);
  CHECK(parts.take("8\0a\0"s, kLongest) == State::more);
  CHECK(parts.take("8\0c\0\0"s, kLongest) == State::complete);
  CHECK(parts.names() == "a\0c\0"s);

  DirectoryParts restless;
  State state = State::more;
  int taken = 0;
  for (; state == State::more; ++taken) {
    state = restless.take(std::to_string(taken) + "\0a\0"s, kLongest);
    REQUIRE(taken < 1000);
  }
  CHECK(state == State::never_steady);
  CHECK(taken > 10);
}

TEST_CASE("a part that brings nothing is wrong, and an endless list too long") {
  CHECK(DirectoryParts().take("7\0"s, kLongest) == State::wrong);
  CHECK(DirectoryParts().take("7"s, kLongest) == State::wrong);
  CHECK(DirectoryParts().take("", kLongest) == State::wrong);
  DirectoryParts parts;
  const std::string many = "7\0"s + std::string(4000, 'a') + "\0"s;
  State state = State::more;
  for (std::size_t i = 0; state == State::more; ++i) {
    state = parts.take(many, kLongest);
    REQUIRE(i < kLongest);
  }
  CHECK(state == State::too_long);
  CHECK(parts.received() > kLongest);
}

}  // namespace
}  // namespace xsaudit
