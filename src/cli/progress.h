// One line on a terminal with the progress of a long operation: nothing in the first half second,
// and nothing at all if standard error is not a terminal. The line is erased before anything else
// is printed. Owned by a command; any thread may report progress.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace xsaudit {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  Progress();
  // For tests: the descriptor to write to, and the clock.
  Progress(int descriptor, std::function<Clock::time_point()> now);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  // Sets the name of the present operation; safe to print.
  void phase(const std::string& what);
  // "reading the store: 12000 nodes", or with a total "judging: 12 of 55 rules".
  void step(std::uint64_t done, std::string_view things, std::uint64_t total = 0);
  void clear();

 private:
  void show(const std::string& text);

  std::mutex mutex_;
  int descriptor_;
  bool on_;
  std::function<Clock::time_point()> now_;
  Clock::time_point next_;  // when the line may be written again
  std::string phase_;
  bool shown_ = false;
};

}  // namespace xsaudit
