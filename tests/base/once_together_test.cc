#include "base/once_together.h"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace xsaudit {
namespace {

constexpr std::size_t kThreads = 4;

template <typename Ask>
void ask_in_threads(const Ask& ask) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) threads.emplace_back(ask);
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("each part is done once, and all are done for each thread that asks") {
  for (const std::size_t parts : {0U, 1U, 3U, 1000U}) {
    INFO(parts);
    OnceTogether once;
    std::vector<int> done(parts, 0);
    std::atomic<std::size_t> complete = 0;
    ask_in_threads([&] {
      once(parts, [&](std::size_t part) { ++done[part]; });
      complete += done == std::vector<int>(parts, 1) ? 1 : 0;
    });
    CHECK(complete == kThreads);
  }
}

// Each part waits for the other one, so that they must be done at the same time.
TEST_CASE("threads that ask at the same time share the parts") {
  OnceTogether once;
  std::array<std::atomic<bool>, 2> begun = {false, false};
  std::array<std::thread, 2> threads;
  for (std::thread& thread : threads) {
    thread = std::thread([&] {
      once(2, [&](std::size_t part) {
        begun[part] = true;
        while (!begun[1 - part]) std::this_thread::yield();
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK((begun[0] && begun[1]));
}

TEST_CASE("an exception in a part reaches each thread that asks, then and later") {
  OnceTogether once;
  std::atomic<std::size_t> told = 0;
  const auto ask = [&] {
    try {
      once(100, [](std::size_t part) {
        if (part == 50) throw std::runtime_error("part 50");
      });
    } catch (const std::runtime_error&) {
      ++told;
    }
  };
  ask_in_threads(ask);
  CHECK(told == kThreads);
  ask();
  CHECK(told == kThreads + 1);
}

}  // namespace
}  // namespace xsaudit
