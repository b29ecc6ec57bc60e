// Makes a sequence of batches in another thread while the caller works on those made before, for
// input whose reading and use take time each. A few batches are reused, so memory does not depend
// on the length of the sequence. Without another thread, each batch is made when it is asked for:
// the sequence is the same.
//
// Used by one thread; `make` is called by one thread at a time, and never once the ReadAhead is
// destroyed.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace xsaudit {

// Memory that one thread writes all the time and another uses must not share a line of the
// processor's cache: each write would take the line away from the other's core.
inline constexpr std::size_t kCacheLine = 64;

template <typename Batch>
class ReadAhead {
 public:
  // `make` fills a batch, whose old content it replaces, and returns false if it is the last.
  ReadAhead(std::function<bool(Batch&)> make, bool other_thread) : make_(std::move(make)) {
    if (!other_thread) return;
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error&) {  // no thread can be created
    }
  }
  ~ReadAhead() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // The next batch, valid until the next call; null after the last. Throws what `make` threw.
  Batch* next() {
    if (!thread_.joinable()) {
      if (ended_) return nullptr;
      ended_ = !make_(batches_[0].batch);
      return &batches_[0].batch;
    }
    std::unique_lock lock(mutex_);
    if (taken_ > freed_) ++freed_;  // the one that the caller had until now
    changed_.notify_all();
    changed_.wait(lock, [this] { return made_ > taken_ || ended_; });
    if (made_ > taken_) return &batches_[taken_++ % kBatches].batch;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return nullptr;
  }

 private:
  static constexpr std::size_t kBatches = 3;

  void run() {
    for (bool more = true; more;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return made_ < freed_ + kBatches || stopped_; });
      if (stopped_) return;
      Batch& batch = batches_[made_ % kBatches].batch;
      lock.unlock();
      std::exception_ptr failure;
      try {
        more = make_(batch);
      } catch (...) {
        failure = std::current_exception();
        more = false;
      }
      lock.lock();
      if (failure == nullptr) ++made_;
      failure_ = failure;
      ended_ = !more;
      changed_.notify_all();
    }
  }

  const std::function<bool(Batch&)> make_;
  struct alignas(kCacheLine) Apart {
    Batch batch;
  };
  std::array<Apart, kBatches> batches_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // How many were made, given to the caller, and given back by it.
  std::size_t made_ = 0;
  std::size_t taken_ = 0;
  std::size_t freed_ = 0;
  bool ended_ = false;    // no more will be made
  bool stopped_ = false;  // none is wanted
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace xsaudit
