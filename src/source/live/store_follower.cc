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

// The mutex is held while the mirror changes, because store() copies it. While there are no changes
// the thread waits outside of it.
void StoreFollower::follow() {
  auto next_check = Clock::now() + check_every_;
  while (!ended_) {
    if (checks_ && Clock::now() >= next_check) {
      check();
      next_check = Clock::now() + check_every_;
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

void StoreFollower::check() {
  const std::lock_guard lock(mutex_);
  auto news = mirror_.check();
  if (news) {
    note(*std::move(news));
  } else {
    error_ = news.error();
  }
}

void StoreFollower::note(StoreMirror::News news) {
  const auto now = Clock::now();
  news_.read_anew = news_.read_anew || news.read_anew;
  news_.missed = news_.missed || news.missed;
  news_.domains = news_.domains || news.domains;
  if (!news.differing.empty()) news_.differing.push_back(std::move(news.differing));
  for (NodeChange& change : news.changes) {
    const std::size_t size = size_of(change);
    if (news_.changes.size() == kMaxChanges || bytes_ + size > kMaxBytes) {
      ++news_.left_out;
      continue;
    }
    bytes_ += size;
    change.time = now;
    news_.changes.push_back(std::move(change));
  }
}

Result<StoreFollower::News> StoreFollower::next(Clock::time_point until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [this] { return error_ || news_.any(); });
  if (error_) return *error_;
  bytes_ = 0;
  return std::exchange(news_, {});
}

Result<Snapshot> StoreFollower::store() {
  const std::lock_guard lock(mutex_);
  if (error_) return *error_;
  return mirror_.snapshot();
}

}  // namespace xsaudit
