#include "base/hash.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace xsaudit {
namespace {

TEST_CASE("a hash is the same for the same bytes, wherever they lie") {
  const std::string bytes = "/local/domain/1/device/vif/0/backend";
  for (std::size_t shift = 0; shift < 16; ++shift) {
    const std::string elsewhere = std::string(shift, '#') + bytes;
    CHECK(keyed_hash(std::string_view(elsewhere).substr(shift)) == keyed_hash(bytes));
  }
}

TEST_CASE("every byte and the length count") {
  // 64 zero bytes and fewer, and 64 bytes with a single bit set: all different.
  std::set<std::uint64_t> seen;
  const std::string zeros(64, '\0');
  for (std::size_t size = 0; size <= 64; ++size) seen.insert(keyed_hash(zeros.substr(0, size)));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    std::string bytes = zeros;
    bytes[bit / 8] = static_cast<char>(1U << (bit % 8));
    seen.insert(keyed_hash(bytes));
  }
  CHECK(seen.size() == 65 + 512);
}

TEST_CASE("pairs of numbers are told apart") {
  std::set<std::uint64_t> seen;
  for (std::uint32_t a = 0; a < 100; ++a) {
    for (std::uint32_t b = 0; b < 100; ++b) seen.insert(keyed_hash(a, b));
  }
  CHECK(seen.size() == 10'000);
}

}  // namespace
}  // namespace xsaudit
