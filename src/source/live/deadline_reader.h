// Limits the time of a reader that can block for ever, as libxenstore can if the daemon does not
// answer. The reader runs on a thread of its own; after the deadline each request is answered as
// for a closed connection. The thread is then left behind with the reader, and abandoned() is true:
// such a process should only exit. Used by one thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "source/live/store_reader.h"

namespace xsaudit {

class DeadlineReader : public StoreReader {
 public:
  using Clock = std::chrono::steady_clock;
  using Open = std::function<Result<std::unique_ptr<StoreReader>>()>;

  // `open` runs on the other thread, within the deadline. That thread has ended when this returns a
  // reader: the next request starts another, with the privileges of that time.
  static Result<std::unique_ptr<DeadlineReader>> open(Open open, Clock::time_point deadline);
  ~DeadlineReader() override;

  void set_deadline(Clock::time_point deadline) override { deadline_ = deadline; }
  void set_longest_list(std::size_t) override {}  // libxenstore takes lists whole
  std::size_t window() const override { return 1; }
  void send(StoreRequest request) override { sent_.push_back(std::move(request)); }
  void receive(StoreReply& reply) override;
  Status watch(Watched what) override;
  Result<StoreChanges> changes() override;
  Result<StoreChanges> await_changes() override;
  void unwatch() override;
  std::optional<bool> any_domid() override;
  Status begin_transaction() override;
  Status end_transaction() override;
  void keep_one_connection() override {}  // libxenstore has no more
  bool abandoned() const override { return abandoned_; }

 private:
  struct Worker;
  DeadlineReader(std::shared_ptr<Worker> worker, Clock::time_point deadline)
      : worker_(std::move(worker)), deadline_(deadline) {}
  // False if it was not done before the deadline.
  bool run(std::function<void(Worker&)> task);
  void start();
  void stop();
  Error too_late() const;

  std::shared_ptr<Worker> worker_;
  Clock::time_point deadline_;
  std::deque<StoreRequest> sent_;
  bool abandoned_ = false;
};

}  // namespace xsaudit
