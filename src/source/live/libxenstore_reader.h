// The live store through libxenstore: the daemon's socket, or the xenbus device where there is
// none, found as libxenstore finds them. It has one request in flight. Only functions that read and
// watch are called. It can block for ever: deadline_reader.h keeps it from that. Owns its
// connection. Used by one thread.
//
// libxenstore ends its connection at a reply of more than 4,096 bytes (libs/store xs.c
// read_message), and oxenstored sends such replies: a guest gives a directory many names, or a node
// many permission entries. The reader then makes a new connection, what it asked for is unreadable,
// and it is not asked for again.
//
// Changes are noticed by a ChangeWatcher at the daemon's socket. Where there is none, there is the
// xenbus device, and the watches are libxenstore's: there the kernel reads the events and keeps
// them for this process (Linux xenbus_dev_frontend.c watch_fired), so that nothing waits for it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "source/live/change_watcher.h"
#include "source/live/store_reader.h"

struct xs_handle;

namespace xsaudit {

class LibxenstoreReader : public StoreReader {
 public:
  using Clock = std::chrono::steady_clock;

  // Without a watcher, libxenstore watches: for the xenbus device.
  static Result<std::unique_ptr<LibxenstoreReader>> open(
      std::shared_ptr<ChangeWatcher> watcher = {});

  void set_deadline(Clock::time_point deadline) override { deadline_ = deadline; }
  void set_longest_list(std::size_t) override {}  // it takes lists whole
  std::size_t window() const override { return 1; }
  void send(StoreRequest request) override { sent_.push_back(std::move(request)); }
  void receive(StoreReply& reply) override;
  Status watch(Watched what) override;
  Result<StoreChanges> changes() override;
  Result<StoreChanges> await_changes() override;
  void unwatch() override;
  // libxenstore 4.17 has no function for it.
  std::optional<bool> any_domid() override { return std::nullopt; }
  Status begin_transaction() override;
  Status end_transaction() override;
  void keep_one_connection() override {}  // it has no more
  bool abandoned() const override { return false; }

 private:
  struct Close {
    void operator()(xs_handle* handle) const;
  };
  using Handle = std::unique_ptr<xs_handle, Close>;
  LibxenstoreReader(Handle handle, std::shared_ptr<ChangeWatcher> watcher)
      : handle_(std::move(handle)), watcher_(std::move(watcher)) {}

  bool read(const StoreRequest& request, StoreReply& reply);
  bool connected();
  bool reconnect();
  bool set_watches();
  bool read_children(const StoreRequest& request, StoreReply& reply);
  bool read_value(const StoreRequest& request, StoreReply& reply);
  bool read_permissions(const StoreRequest& request, StoreReply& reply);
  bool read_introduced(const StoreRequest& request, StoreReply& reply);
  Status watch_device();
  bool take_events();

  Handle handle_;
  Clock::time_point deadline_ = Clock::time_point::max();  // for the watcher
  std::shared_ptr<ChangeWatcher> watcher_;                 // none: the watches are libxenstore's
  std::deque<StoreRequest> sent_;
  WatchLog noted_;
  std::uint32_t transaction_ = 0;   // 0: none
  bool transaction_lasted_ = true;  // it went with its connection otherwise
  bool watching_ = false;           // by libxenstore
  bool oxenstored_ = false;         // which lists the special nodes below "/"
  std::set<std::pair<StoreRequest::Kind, std::string>> too_long_;  // replies that cost a connection
};

}  // namespace xsaudit
