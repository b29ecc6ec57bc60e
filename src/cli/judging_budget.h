// Limits the share of a processor that judging takes, however often the store changes: a quarter in
// the long run. What was saved while there was little to judge may be spent at once, so that a
// change after a pause is judged without delay. Used by one thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace xsaudit {

class JudgingBudget {
 public:
  using Clock = std::chrono::steady_clock;
  // Each time of judging is paid for with this many times as much of pause.
  static constexpr int kPauses = 3;
  // The most that is saved.
  static constexpr auto kMostSaved = std::chrono::seconds(1);

  // The next judgement may begin from here on.
  Clock::time_point free_at() const { return paid_until_; }
  void take(Clock::time_point begin, Clock::time_point end) {
    paid_until_ = std::max(paid_until_, begin - kMostSaved) + (end - begin) * (1 + kPauses);
  }

 private:
  Clock::time_point paid_until_{};
};

}  // namespace xsaudit
