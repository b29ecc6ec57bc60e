#include "source/live/rate_controller.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using Clock = YieldPolicy::Clock;

struct Walk {
  Clock::duration away{};
  Clock::duration all{};
  int times = 0;
};

// So many replies, each in 10 us, where the processor is away for `away` whenever it is given away.
Walk walk(int replies, Clock::duration away) {
  YieldPolicy courtesy;
  const auto start = Clock::time_point{1h};
  auto now = start;
  Walk walk;
  for (int i = 0; i < replies; ++i) {
    now += 10us;
    if (!courtesy.due(now)) continue;
    courtesy.gave(now, now + away);
    now += away;
    walk.away += away;
    ++walk.times;
  }
  walk.all = now - start;
  return walk;
}

}  // namespace

TEST_CASE("others who are done at once get the processor every few replies") {
  CHECK(walk(10'000, 50us).times == 2'500);
}

// As it is where programs that compute share the processor: a walk of 56,000 requests took more
// than 100 s beside four of them.
TEST_CASE("a walk beside those who keep the processor keeps most of its time") {
  for (const Clock::duration away : {2ms, 10ms, 100ms}) {
    const Walk beside = walk(100'000, away);
    CHECK(beside.times > 0);
    CHECK(beside.away < beside.all / 4);
  }
}

TEST_CASE("once they are gone it gives way as often as before") {
  YieldPolicy courtesy;
  const auto start = Clock::time_point{1h};
  courtesy.gave(start, start + 5ms);
  int times = 0;
  for (int i = 0; i < 400; ++i) times += courtesy.due(start + 6ms) ? 1 : 0;
  CHECK(times == 0);
  for (int i = 0; i < 400; ++i) times += courtesy.due(start + 60ms) ? 1 : 0;
  CHECK(times == 100);
}

}  // namespace xsaudit
