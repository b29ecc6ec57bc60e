#include "source/live/rate_controller.h"

#include <algorithm>
#include <array>

namespace xsaudit {
namespace {

constexpr std::array<Pace, 3> kPaces = {{
    {.name = "default",
     .description = "several times as fast as xenstore-ls; backs off when replies slow down",
     .connections = 8,
     .in_flight = 32,
     .batch = 128,
     .backs_off = true,
     .rests = false},
    {.name = "none",
     .description = "as fast as the daemon allows",
     .connections = 16,
     .in_flight = 32,
     .batch = 128,
     .backs_off = false,
     .rests = false},
    {.name = "gentle",
     .description = "disturbs others less than xenstore-ls does",
     .connections = 1,
     .in_flight = 1,
     .batch = 16,
     .backs_off = false,
     .rests = true},
}};

// The accepted length of a turn of the daemon compared with a lone request, of which the daemon's
// own part is the smaller one. Measured, tests/bench/walk.sh: with a longer turn, walks get little
// faster and others wait.
constexpr double kLongestTurn = 1.6;

// A shorter sleep is useless, because a timer is late by as much; after a longer one a daemon that
// has become faster would wait.
constexpr RateController::Clock::duration kShortestSleep = std::chrono::microseconds(50);
constexpr RateController::Clock::duration kLongestSleep = std::chrono::microseconds(500);

}  // namespace

std::span<const Pace> paces() { return kPaces; }

const Pace* find_pace(std::string_view name) {
  const auto* const pace =
      std::find_if(kPaces.begin(), kPaces.end(), [&](const Pace& one) { return one.name == name; });
  return pace == kPaces.end() ? nullptr : pace;
}

RateController::RateController(const Pace& pace)
    : pace_(pace), connections_(pace.backs_off ? 1 : pace.connections) {}

void RateController::reply_at(Clock::time_point now) {
  if (batch_start_ == Clock::time_point{}) batch_start_ = now;
  if (++replies_ <= pace_.batch) return;
  const Clock::duration took = now - batch_start_;
  reply_time_ = took / static_cast<Clock::duration::rep>(pace_.batch);
  if (pace_.backs_off) adjust(reply_time_);
  if (pace_.rests) pause_end_ = now + took;
  replies_ = 1;
  batch_start_ = std::max(now, pause_end_);
}

RateController::Clock::duration RateController::worth_sleeping(std::size_t unanswered) const {
  const auto busy = reply_time_ * static_cast<Clock::duration::rep>(unanswered / 2);
  return busy < kShortestSleep ? Clock::duration::zero() : std::min(busy, kLongestSleep);
}

// A turn takes as long as a reply to each connection that has requests waiting, as all of ours do.
// One more makes it longer by less than a reply: part of a turn is spent on looking at all domains,
// nearly all of it where there are many.
void RateController::adjust(Clock::duration reply_time) {
  const auto turn = reply_time * static_cast<Clock::duration::rep>(connections_);
  const auto longest = lone_reply_time_ * kLongestTurn;
  if (turn > longest) {
    connections_ = std::max<std::size_t>(1, connections_ - 1);
  } else if (turn + reply_time / 2 <= longest) {
    connections_ = std::min(connections_ + 1, pace_.connections);
  }
}

}  // namespace xsaudit
