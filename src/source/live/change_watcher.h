// Records changes in a live store for its readers. A separate process holds the watches
// (watch_process.h), so that no delay of this process keeps a guest or the toolstack waiting: not
// Ctrl-Z, not a debugger, not a low priority, not a long wait.
//
// Measured with Debian's daemons 4.17.7: if a watcher of "/" does not read, C xenstored lets a
// guest write 55 times and then holds it back (its outstanding requests, xenstored domain.c).
// oxenstored lets all clients together write 2,119 times, and then holds back the writers
// (oxenstored connection.ml can_input).
//
// Owns the process, which ends with it. Used by one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "source/live/store_reader.h"
#include "source/live/watch_process.h"

namespace xsaudit {

class ChangeWatcher {
 public:
  using Clock = std::chrono::steady_clock;

  // Starts the process, which gets the connection, is confined by `confine` unless that is empty,
  // and watches nothing yet. To be called before this process is confined, and while it has one
  // thread.
  static Result<std::unique_ptr<ChangeWatcher>> start(WireConnection connection,
                                                      const ConfineWatcher& confine);
  ChangeWatcher(const ChangeWatcher&) = delete;
  ChangeWatcher& operator=(const ChangeWatcher&) = delete;
  ~ChangeWatcher();

  // Replaces the watched paths.
  Status watch(Watched what, Clock::time_point deadline);
  // As StoreReader::changes(). Where the watches were given back meanwhile they are set again, and
  // everything may have changed.
  Result<StoreChanges> changes(Clock::time_point deadline) {
    return changes(WatchOrder::What::changes, deadline);
  }
  // As StoreReader::await_changes().
  Result<StoreChanges> await_changes(Clock::time_point deadline) {
    return changes(WatchOrder::What::await, deadline);
  }
  // To be called repeatedly while there are watches; otherwise the process gives them back.
  void alive();
  // Nothing is watched when this returns, or, at the deadline, the process has been left to take
  // the watches back.
  void unwatch(Clock::time_point deadline);

  pid_t process() const { return process_; }

 private:
  ChangeWatcher(pid_t process, FileDescriptor control)
      : process_(process), control_(std::move(control)) {}
  Result<StoreChanges> changes(WatchOrder::What question, Clock::time_point deadline);
  bool order(WatchOrder::What what);
  // False if there is no answer, and will be none.
  bool ask(WatchOrder::What what, Clock::time_point deadline, WatchAnswer& answer);
  bool receive(char* room, std::size_t size, Clock::time_point deadline);
  Error no_answer() const;

  pid_t process_;
  FileDescriptor control_;  // not open: the process was left
  Watched watched_ = Watched::domains;
  bool late_ = false;  // the deadline of a question has passed
  Clock::time_point next_sign_{};
};

}  // namespace xsaudit
