#include "source/live/store_follower.h"

#include <utility>

namespace xsaudit {
namespace {

std::size_t size_of(const NodeChange& change) {
  const auto entries = change.before.permissions.size() + change.after.permissions.size();
  return sizeof(NodeChange) + change.path.size() + change.before.value.size() +
         change.after.value.size() + entries * sizeof(PermissionEntry);
}

}  // namespace

StoreFollower::~StoreFollower() {
  ended_ = true;
  if (thread_.joinable()) thread_.join();
}

Result<Snapshot> StoreFollower::start() {
  XSAUDIT_TRY(mirror_.start());
  XSAUDIT_ASSIGN(Snapshot store, mirror_.snapshot());
  thread_ = std::thread([this] { follow(); });
  return store;
}

// The mutex is held while the mirror changes, because next() copies it. While there are no changes
// the thread waits outside of it.
void StoreFollower::follow() {
  auto next_check = Clock::now() + check_every_;
  while (!ended_) {
    if (Clock::now() >= next_check) {
      const std::lock_guard lock(mutex_);
      auto different = mirror_.check();
      if (!different) error_ = different.error();
      if (different && !different->empty()) differing_.push_back(*std::move(different));
      read_anew_ = true;
      last_ = Clock::now();
      next_check = last_ + check_every_;
    }
    auto changes = mirror_.wait();
    const std::lock_guard lock(mutex_);
    auto news = changes ? mirror_.read(*changes) : Result<StoreMirror::News>(changes.error());
    if (news) {
      note(*std::move(news));
    } else {
      error_ = news.error();
    }
    changed_.notify_one();
    if (error_) return;
  }
}

void StoreFollower::note(StoreMirror::News news) {
  if (!news.read_anew && news.changes.empty()) return;
  last_ = Clock::now();
  read_anew_ = read_anew_ || news.read_anew;
  missed_ = missed_ || news.missed;
  for (NodeChange& change : news.changes) {
    const std::size_t size = size_of(change);
    if (changes_.size() == kMaxChanges || bytes_ + size > kMaxBytes) {
      ++left_out_;
      continue;
    }
    bytes_ += size;
    change.time = last_;
    changes_.push_back(std::move(change));
  }
}

Result<std::optional<StoreFollower::Burst>> StoreFollower::next(std::chrono::milliseconds quiet,
                                                                std::chrono::milliseconds longest,
                                                                Clock::time_point until) {
  std::unique_lock lock(mutex_);
  const auto any = [this] { return error_ || read_anew_ || !changes_.empty() || left_out_ > 0; };
  if (!changed_.wait_until(lock, until, any)) return std::optional<Burst>();
  const auto latest = Clock::now() + longest;
  while (!error_ && Clock::now() < std::min(latest, last_ + quiet)) {
    changed_.wait_until(lock, std::min(latest, last_ + quiet));
  }
  if (error_) return *error_;
  XSAUDIT_ASSIGN(Snapshot store, mirror_.snapshot());
  Burst burst{.store = std::move(store),
              .changes = std::exchange(changes_, {}),
              .left_out = std::exchange(left_out_, 0),
              .read_anew = std::exchange(read_anew_, false),
              .missed = std::exchange(missed_, false),
              .differing = std::exchange(differing_, {})};
  bytes_ = 0;
  return std::optional<Burst>(std::move(burst));
}

}  // namespace xsaudit
