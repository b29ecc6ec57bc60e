// When a walk gives the processor to others. A kernel lets who runs go on for milliseconds before
// it lets those run who wait for the same processor, other clients of the store among them: so it
// is given away every few replies. Where somebody needs a processor for itself, though, it comes
// back only after milliseconds, and a walk that went on giving would take minutes: then it gives no
// more than a small part of its time. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace xsaudit {

class Courtesy {
 public:
  using Clock = std::chrono::steady_clock;

  // To be asked at each reply.
  bool due(Clock::time_point now) { return ++replies_ % kReplies == 0 && now >= next_; }

  // How long it was away. Other clients and the daemon are done in less than kShort.
  void gave(Clock::time_point from, Clock::time_point until) {
    const auto away = until - from;
    if (away > kShort) next_ = until + kKept * away;
  }

 private:
  static constexpr std::uint64_t kReplies = 4;
  static constexpr auto kShort = std::chrono::milliseconds(1);
  static constexpr int kKept = 8;  // times as long as it was away

  std::uint64_t replies_ = 0;
  Clock::time_point next_{};
};

}  // namespace xsaudit
