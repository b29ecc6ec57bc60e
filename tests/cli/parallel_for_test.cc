#include "base/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cli/progress.h"

using namespace xsaudit;

TEST_CASE("each turn is taken once, and all are over at the end") {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 100U}) {
    std::vector<int> turns(count, 0);  // written without a lock: each by one thread
    std::atomic<int> at_work = 0;
    parallel_for(count, 4, [&](std::size_t i) {
      ++at_work;
      ++turns[i];
      std::this_thread::yield();
      --at_work;
    });
    CHECK(at_work == 0);
    CHECK(std::count(turns.begin(), turns.end(), 1) == static_cast<std::ptrdiff_t>(count));
  }
}

TEST_CASE("the largest come first, and equal ones in their order") {
  const std::vector<std::size_t> sizes = {3, 0, 7, 3, 7, 1};
  const auto size = [&](std::size_t i) { return sizes[i]; };
  CHECK(largest_first(sizes.size(), size) == std::vector<std::size_t>{2, 4, 0, 3, 5, 1});
  CHECK(largest_first(0, size).empty());
}

TEST_CASE("a failure comes out when the others are done") {
  std::atomic<int> done = 0;
  CHECK_THROWS_AS(parallel_for(50, 4,
                               [&](std::size_t i) {
                                 if (i == 7) throw std::runtime_error("7");
                                 ++done;
                               }),
                  std::runtime_error);
  CHECK(done == 49);
}

TEST_CASE("any thread may say how far it is") {
  std::atomic<std::int64_t> now = 0;
  Progress progress(-1, [&] { return Progress::Clock::time_point(std::chrono::seconds(now++)); });
  progress.phase("judging");
  std::atomic<std::uint64_t> steps = 0;
  parallel_for(8, 4, [&](std::size_t) {
    for (int i = 0; i < 100; ++i) progress.step(++steps, "rules", 800);
  });
  progress.clear();
  CHECK(steps == 800);
}
