// Follows a live store on a thread of its own, so that a change is read at once however long the
// judging of the one before takes, and collects what happened for next(). A guest that writes
// without a pause can only fill the list of changes, which is bounded; what found no room in it is
// counted.
//
// Owns the mirror and the thread, which ends with it. The reader must outlive it and is used by
// that thread alone from start() on. next() is for one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "source/live/store_mirror.h"
#include "store/node_change.h"
#include "store/snapshot.h"

namespace xsaudit {

class StoreFollower {
 public:
  using Clock = std::chrono::steady_clock;
  // The changes that are kept until next(), and their bytes.
  static constexpr std::size_t kMaxChanges = 20'000;
  static constexpr std::size_t kMaxBytes = std::size_t{16} * 1024 * 1024;

  struct News {
    std::vector<NodeChange> changes;
    std::uint64_t left_out = 0;  // changes without room
    bool read_anew = false;      // the whole store was read again, and may have changed anywhere
    bool missed = false;         // for some time changes were not recorded
    bool domains = false;        // other domains are introduced than before
    std::vector<std::string> differing;  // paths that differed in the hourly comparison

    bool any() const { return !changes.empty() || left_out > 0 || read_anew || domains; }
    // The changes are not all that may have changed.
    bool incomplete() const { return left_out > 0 || read_anew || domains; }
  };

  // `check_every`: how often the mirror is compared with a second reading of the whole store; not
  // with `walks` (store_mirror.h).
  StoreFollower(StoreReader& reader, const WalkLimits& limits, std::chrono::milliseconds timeout,
                std::chrono::seconds check_every,
                const std::optional<StoreMirror::Walks>& walks = {})
      : mirror_(reader, limits, timeout, walks), check_every_(check_every), checks_(!walks) {}
  StoreFollower(const StoreFollower&) = delete;
  StoreFollower& operator=(const StoreFollower&) = delete;
  ~StoreFollower();

  // Reads the store, and begins to follow it.
  Result<Snapshot> start();

  // What happened since the last call; waits for it, but not after `until`. An error if the store
  // can no longer be followed.
  Result<News> next(Clock::time_point until);
  // The store as it is now: with all that next() returned, and perhaps with changes that it will
  // return.
  Result<Snapshot> store();

 private:
  void follow();
  void check();
  void note(StoreMirror::News news);

  StoreMirror mirror_;  // the thread's; also store()'s while it holds the mutex
  const std::chrono::seconds check_every_;
  const bool checks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Behind the mutex:
  News news_;
  std::size_t bytes_ = 0;  // of its changes
  std::optional<Error> error_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace xsaudit
