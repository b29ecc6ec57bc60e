// The live store through the socket of its daemon: many requests in flight, over several
// connections, instead of libxenstore's one. A request without a reply at its deadline counts as
// closed. So do all requests after the first message that does not match a request. A matching
// reply with an invalid payload is unreadable and has no other effect: a guest shapes payloads, not
// messages.
//
// Sends nothing but DIRECTORY, DIRECTORY_PART, READ, GET_PERMS, IS_DOMAIN_INTRODUCED, GET_FEATURE,
// GET_QUOTA, CONTROL with the words quota, quota-soft and watches alone, and, for a transaction
// that is always given up, TRANSACTION_START and TRANSACTION_END; its ChangeWatcher sends WATCH and
// UNWATCH, on a connection of its own. Owns its connections. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "source/live/change_watcher.h"
#include "source/live/rate_controller.h"
#include "source/live/store_reader.h"
#include "source/live/wire_exchange.h"

namespace xsaudit {

class WireReader : public StoreReader {
 public:
  using Clock = std::chrono::steady_clock;

  // Where libxenstore would look for the daemon (its environment included): its socket, or the
  // kernel's device where there is no socket, because the daemon has a domain of its own.
  static std::string way_to_daemon();
  // Connects, and asks nothing yet. Without a watcher, changes are not noticed.
  static Result<std::unique_ptr<WireReader>> open(const std::string& way, const Pace& pace,
                                                  Clock::time_point deadline,
                                                  std::shared_ptr<ChangeWatcher> watcher = {});

  void set_deadline(Clock::time_point deadline) override;
  void set_longest_list(std::size_t bytes) override;
  std::size_t window() const override { return exchange_.window(); }
  void send(StoreRequest request) override;
  void receive(StoreReply& reply) override;
  Status watch(Watched what) override;
  Result<StoreChanges> changes() override;
  Result<StoreChanges> await_changes() override;
  void unwatch() override;
  std::optional<bool> any_domid() override;
  Status begin_transaction() override;
  Status end_transaction() override;
  void keep_one_connection() override { exchange_.keep_one_connection(); }
  bool abandoned() const override { return false; }

 private:
  WireReader(WireExchange exchange, Clock::time_point deadline,
             std::shared_ptr<ChangeWatcher> watcher)
      : deadline_(deadline), watcher_(std::move(watcher)), exchange_(std::move(exchange)) {}

  void measure();  // before the first request, unless that is done
  // Only while nothing else is in flight.
  StoreReply reply_to(std::uint32_t type, std::string_view payload);
  Result<std::string> ask(std::uint32_t type, std::string_view payload);
  bool step();  // takes what the daemon sent, and waits for it first; false once all is lost
  bool take_arrived();
  void take_reply(WireRequest request, const WireMessage& message);
  bool take_part(WireRequest& request, std::string_view payload, StoreReply& reply);
  bool ask_for_part(WireRequest& request, StoreReply& reply);
  void ask_for_waiting_parts();
  void send_part_request(WireRequest request);
  void answer_closed(std::uint64_t tag);

  Clock::time_point deadline_;
  std::shared_ptr<ChangeWatcher> watcher_;
  WireExchange exchange_;
  std::deque<StoreReply> ready_;
  // State of directories that come in parts:
  std::deque<WireRequest> parts_waiting_;  // which go on when others are done
  std::size_t parts_asked_ = 0;            // that have a request in flight
  std::size_t parts_bytes_ = 0;            // held of all that are not done
  std::size_t longest_list_ = WireConnection::kMaxListBytes;
  bool measured_ = false;
};

}  // namespace xsaudit
