// Something that is done once, by whichever thread asks first, while others that ask wait for it.
// Asking again costs one load. (std::call_once makes more of it, each time it is asked.)
#pragma once

#include <atomic>
#include <mutex>

namespace xsaudit {

class Once {
 public:
  // Calls `act` unless that was done. It must not ask the same Once.
  template <typename Act>
  void operator()(const Act& act) {
    if (done_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock(mutex_);
    if (done_.load(std::memory_order_relaxed)) return;
    act();
    done_.store(true, std::memory_order_release);
  }

 private:
  std::atomic<bool> done_ = false;
  std::mutex mutex_;
};

}  // namespace xsaudit
