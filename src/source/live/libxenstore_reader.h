// The live store through libxenstore: the daemon's socket, or the xenbus device where there is
// none, found as libxenstore finds them. It has one request in flight. Only functions that read and
// watch are called. It can block for ever: deadline_reader.h keeps it from that. Owns its
// connection. Used by one thread.
//
// libxenstore ends its connection at a reply of more than 4,096 bytes (libs/store xs.c
// read_message), and oxenstored sends such replies: a guest gives a directory many names, or a node
// many permission entries. The reader then makes a new connection, what it asked for is unreadable,
// and it is not asked for again.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "source/live/store_reader.h"

struct xs_handle;

namespace xsaudit {

class LibxenstoreReader : public StoreReader {
 public:
  static Result<std::unique_ptr<LibxenstoreReader>> open();

  void set_longest_list(std::size_t) override {}  // it takes lists whole
  std::size_t window() const override { return 1; }
  void send(StoreRequest request) override { sent_.push_back(std::move(request)); }
  void receive(StoreReply& reply) override;
  Status watch() override;
  Result<StoreChanges> changes() override;

 private:
  struct Close {
    void operator()(xs_handle* handle) const;
  };
  using Handle = std::unique_ptr<xs_handle, Close>;
  explicit LibxenstoreReader(Handle handle) : handle_(std::move(handle)) {}

  bool read(const StoreRequest& request, StoreReply& reply);
  bool connected();
  bool reconnect();
  bool set_watches();
  bool read_children(const StoreRequest& request, StoreReply& reply);
  bool read_value(const StoreRequest& request, StoreReply& reply);
  bool read_permissions(const StoreRequest& request, StoreReply& reply);
  bool read_introduced(const StoreRequest& request, StoreReply& reply);
  bool take_events();

  Handle handle_;
  std::deque<StoreRequest> sent_;
  WatchLog noted_;
  bool watching_ = false;
  bool oxenstored_ = false;  // which lists the special nodes below "/"
  std::set<std::pair<StoreRequest::Kind, std::string>> too_long_;  // replies that cost a connection
};

}  // namespace xsaudit
