// The time limit for judging a store, and a count of steps. Every operation whose length a guest
// can choose counts its steps here: items of a list, matches of a search, levels of a path, bytes
// of a text. The clock is read once in some thousand steps. Used by one thread: each
// thread that judges has its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace xsaudit {

class JudgingClock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Limit {
    std::chrono::seconds most{0};  // 0: no limit
    std::function<Time()> now = std::chrono::steady_clock::now;
  };

  explicit JudgingClock(const Limit& limit) : limit_(limit) { restart(); }

  // The time begins again.
  void restart() {
    if (limit_.most.count() > 0) end_ = limit_.now() + limit_.most;
    over_ = false;
  }

  // Counts some steps; false once the time is up.
  bool step(std::uint64_t steps = 1) {
    steps_ += steps;
    if (steps_ >= next_reading_) read();
    return !over_;
  }
  // Reads the clock at once.
  void read() {
    next_reading_ = steps_ + kStepsBetweenReadings;
    over_ = over_ || (limit_.most.count() > 0 && limit_.now() >= end_);
  }

  // A clock for another thread, which ends at the same time and counts steps of its own.
  JudgingClock for_thread() const {
    JudgingClock clock = *this;
    clock.steps_ = 0;
    clock.next_reading_ = kStepsBetweenReadings;
    return clock;
  }

  // The rest of the time limit, at least one second.
  Limit rest() const {
    Limit rest = limit_;
    if (limit_.most.count() == 0) return rest;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end_ - limit_.now());
    rest.most = left.count() > 0 ? left : std::chrono::seconds(1);
    return rest;
  }

  bool over() const { return over_; }
  std::uint64_t steps() const { return steps_; }
  std::chrono::seconds most() const { return limit_.most; }

 private:
  static constexpr std::uint64_t kStepsBetweenReadings = 4096;

  const Limit limit_;
  Time end_;
  std::uint64_t steps_ = 0;
  std::uint64_t next_reading_ = kStepsBetweenReadings;
  bool over_ = false;
};

}  // namespace xsaudit
