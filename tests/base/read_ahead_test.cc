#include "base/read_ahead.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace xsaudit {
namespace {

// Counts up to a number, some numbers at a time.
std::vector<int> counted(int last, bool other_thread) {
  int next = 0;
  ReadAhead<std::vector<int>> batches(
      [&](std::vector<int>& batch) {
        batch.clear();
        while (next < last && batch.size() < 7) batch.push_back(next++);
        return next < last;
      },
      other_thread);
  std::vector<int> all;
  while (const std::vector<int>* const batch = batches.next()) {
    all.insert(all.end(), batch->begin(), batch->end());
  }
  CHECK(batches.next() == nullptr);
  return all;
}

TEST_CASE("batches come in order, with another thread and without") {
  for (const bool other_thread : {false, true}) {
    for (const int last : {0, 1, 7, 8, 1000}) {
      INFO(last << (other_thread ? " with another thread" : ""));
      std::vector<int> expected;
      for (int i = 0; i < last; ++i) expected.push_back(i);
      CHECK(counted(last, other_thread) == expected);
    }
  }
}

TEST_CASE("a batch stays as it is until the next one is asked for") {
  std::atomic<int> made = 0;
  ReadAhead<std::string> batches(
      [&](std::string& batch) {
        batch = std::to_string(++made);
        return made < 50;
      },
      true);
  for (int i = 1; i <= 50; ++i) {
    const std::string* const batch = batches.next();
    REQUIRE(batch != nullptr);
    for (int look = 0; look < 100; ++look) REQUIRE(*batch == std::to_string(i));
  }
}

TEST_CASE("the caller may stop before the end") {
  for (const int taken : {0, 1, 5}) {
    ReadAhead<int> batches(
        [](int& batch) {
          ++batch;
          return true;
        },
        true);
    for (int i = 0; i < taken; ++i) CHECK(batches.next() != nullptr);
  }
}

TEST_CASE("an exception reaches the caller after the batches before it") {
  for (const bool other_thread : {false, true}) {
    int made = 0;
    ReadAhead<int> batches(
        [&](int& batch) {
          if (made == 3) throw std::runtime_error("no more");
          batch = made++;
          return true;
        },
        other_thread);
    for (int i = 0; i < 3; ++i) {
      const int* const batch = batches.next();
      REQUIRE(batch != nullptr);
      CHECK(*batch == i);
    }
    CHECK_THROWS_AS(batches.next(), std::runtime_error);
  }
}

}  // namespace
}  // namespace xsaudit
