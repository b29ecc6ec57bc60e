#include "source/live/rate_controller.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using Clock = RateController::Clock;

// Tells of enough replies for the pacer to look at the clock `times` times, one each `apart`.
Clock::time_point reply(RateController& pacer, const Pace& pace, Clock::time_point now,
                        Clock::duration apart, int times) {
  for (std::size_t i = 0; i < pace.batch * static_cast<std::size_t>(times) + 1; ++i) {
    now += apart;
    pacer.reply_at(now);
  }
  return now;
}

}  // namespace

TEST_CASE("the default pace is the first, and every pace asks for something") {
  CHECK(std::string_view(paces().front().name) == "default");
  for (const Pace& pace : paces()) {
    CAPTURE(pace.name);
    CHECK(find_pace(pace.name) == &pace);
    CHECK(RateController(pace).connections() * RateController(pace).in_flight() > 0);
  }
  CHECK(find_pace("breakneck") == nullptr);
}

TEST_CASE("the default pace backs off when replies slow down, never to nothing, and comes back") {
  const Pace& pace = paces().front();
  RateController pacer(pace);
  pacer.set_lone_reply_time(30us);
  CHECK(pacer.connections() == 1);
  auto now = reply(pacer, pace, Clock::time_point{1h}, 5us, 50);
  CHECK(pacer.connections() == pace.connections);
  now = reply(pacer, pace, now, 100us, 1);
  CHECK(pacer.connections() < pace.connections);
  now = reply(pacer, pace, now, 100us, 50);
  CHECK(pacer.connections() == 1);
  reply(pacer, pace, now, 5us, 50);
  CHECK(pacer.connections() == pace.connections);
}

// 1.6 times 30 us are 48.
TEST_CASE("a turn of the daemon is short beside a lone request, and has as many as fit in it") {
  const Pace& pace = paces().front();
  RateController pacer(pace);
  pacer.set_lone_reply_time(30us);
  auto now = reply(pacer, pace, Clock::time_point{1h}, 12us, 50);
  CHECK(pacer.connections() == 4);
  now = reply(pacer, pace, now, 15us, 50);
  CHECK(pacer.connections() == 3);
  reply(pacer, pace, now, 20us, 50);
  CHECK(pacer.connections() == 2);
}

// As with C xenstored and a thousand domains: the more connections, the less a reply takes.
TEST_CASE("where connections make a turn no longer, as many are used as there are") {
  const Pace& pace = paces().front();
  RateController pacer(pace);
  pacer.set_lone_reply_time(30us);
  auto now = Clock::time_point{1h};
  for (std::size_t i = 0; i < pace.batch * 50; ++i) {
    now += Clock::duration(28us) / pacer.connections();
    pacer.reply_at(now);
  }
  CHECK(pacer.connections() == pace.connections);
}

TEST_CASE("without a pace nothing slows the reader down") {
  const Pace& pace = *find_pace("none");
  RateController pacer(pace);
  pacer.set_lone_reply_time(30us);
  const auto now = reply(pacer, pace, Clock::time_point{1h}, 1s, 10);
  CHECK(pacer.connections() == pace.connections);
  CHECK(pacer.pause_end() <= now);
}

TEST_CASE("a reader sleeps for a part of the time that the daemon needs, and never for long") {
  const Pace& pace = paces().front();
  RateController pacer(pace);
  CHECK(pacer.worth_sleeping(1000) == 0us);  // nothing is known yet
  reply(pacer, pace, Clock::time_point{1h}, 10us, 1);
  CHECK(pacer.worth_sleeping(1) == 0us);
  CHECK(pacer.worth_sleeping(40) == 200us);
  reply(pacer, pace, Clock::time_point{2h}, 10s, 1);
  CHECK(pacer.worth_sleeping(1000) < 1ms);
}

// As xenstore-ls does, but for the pauses.
TEST_CASE("the gentle pace asks one thing at a time, and rests as long as it was served") {
  const Pace& pace = *find_pace("gentle");
  RateController pacer(pace);
  CHECK(pacer.connections() * pacer.in_flight() == 1);
  const auto start = Clock::time_point{1h};
  auto now = start;
  for (std::size_t i = 0; i <= pace.batch; ++i) pacer.reply_at(now += 1ms);
  CHECK(pacer.pause_end() - now == 1ms * static_cast<int>(pace.batch));
}

}  // namespace xsaudit
