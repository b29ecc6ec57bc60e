// Work in parts that is done once, by all threads that ask for it: each takes parts that no other
// has taken, and goes on when all are done. No thread waits for another as long as there are parts
// to take.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>

namespace xsaudit {

class OnceTogether {
 public:
  // Calls `act` with each number below `parts`, which must be the same each time, unless that was
  // done. It must not ask the same OnceTogether. After an exception in any part, all that ask get
  // it.
  template <typename Act>
  void operator()(std::size_t parts, const Act& act) {
    if (done_.load(std::memory_order_acquire)) return;
    std::unique_lock lock(mutex_);
    while (next_ < parts && failure_ == nullptr) {
      const std::size_t part = next_++;
      lock.unlock();
      std::exception_ptr failure;
      try {
        act(part);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure != nullptr) failure_ = failure;
      ++finished_;
      changed_.notify_all();
    }
    changed_.wait(lock, [this] { return finished_ == next_; });
    if (failure_ != nullptr) std::rethrow_exception(failure_);
    done_.store(true, std::memory_order_release);
  }

  // Whether all parts were done without an exception.
  bool done() const { return done_.load(std::memory_order_acquire); }

 private:
  std::atomic<bool> done_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0;  // the first part that no thread has taken
  std::size_t finished_ = 0;
  std::exception_ptr failure_;
};

}  // namespace xsaudit
