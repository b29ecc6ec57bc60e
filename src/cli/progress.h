// One line on a terminal that says how far the program has come, while it takes long: nothing in
// the first half second, and nothing at all where standard error is no terminal. The line is taken
// back before anything else is printed. Owned by a command; any thread
// may say what it did.
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
  // For tests: where to write, and what time it is.
  Progress(int descriptor, std::function<Clock::time_point()> now);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  // What is done from now on; safe to print.
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
