// The live store through the socket of its daemon: many requests in flight, over several
// connections, instead of libxenstore's one. Never waits beyond its deadline: what has no reply
// then is answered as a connection that is closed. So is everything after the first reply that is
// not what it should be, for then nothing that follows can be trusted.
//
// Sends nothing but DIRECTORY, DIRECTORY_PART, READ, GET_PERMS, IS_DOMAIN_INTRODUCED, WATCH and,
// for a transaction that is always given up, TRANSACTION_START and TRANSACTION_END. Owns its
// connections; closing them ends the watches. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "source/directory_parts.h"
#include "source/noted_changes.h"
#include "source/pace.h"
#include "source/store_reader.h"
#include "source/wire_connection.h"
#include "store/error.h"

namespace xsaudit {

class WireReader : public StoreReader {
 public:
  using Clock = std::chrono::steady_clock;

  // The socket at which libxenstore would look for the daemon (its environment included).
  static std::string socket_of_daemon();
  static Result<std::unique_ptr<WireReader>> open(const std::string& socket, const Pace& pace,
                                                  Clock::time_point deadline);

  std::size_t window() const override { return connections() * pacer_.in_flight(); }
  void send(StoreRequest request) override;
  void receive(StoreReply& reply) override;
  Status watch() override;
  Result<StoreChanges> changes() override;
  Status begin_transaction() override;
  void end_transaction() override;

 private:
  struct Request {
    std::uint32_t id = 0;
    std::uint32_t type = 0;  // of xs_wire.h
    std::uint64_t tag = 0;
    std::string path;  // of XS_DIRECTORY and XS_DIRECTORY_PART, which may have to be asked again
    std::unique_ptr<DirectoryParts> parts;
  };
  struct Line {
    WireConnection connection;
    std::deque<Request> unanswered;  // in the order of sending
  };

  WireReader(std::vector<Line> lines, const Pace& pace, Clock::time_point deadline)
      : lines_(std::move(lines)), pacer_(pace), deadline_(deadline) {}

  // To use now: a transaction is known to its own connection only.
  std::size_t connections() const { return transaction_ == 0 ? pacer_.connections() : 1; }
  void measure();
  Line& least_busy();
  void put(Line& line, Request request, std::string_view payload);
  Result<std::string> ask(std::uint32_t type, std::string_view payload);
  bool step();  // waits for the daemon, and takes what it sent; false once all is lost
  void rest();
  void let_it_work();
  void give_way();
  std::size_t unanswered() const;
  void take_messages(Line& line);
  void take(Line& line, const WireMessage& message);
  void take_event(Line& line, std::string_view payload);
  void take_reply(Line& line, Request& request, const WireMessage& message);
  bool take_part(Line& line, Request& request, std::string_view payload, StoreReply& reply);
  void ask_for_part(Line& line, Request request);
  void lose(std::string problem);
  void answer_closed(std::uint64_t tag);

  std::vector<Line> lines_;  // the first has the watches
  Pacer pacer_;
  Clock::time_point deadline_;
  std::uint32_t next_id_ = 1;
  std::uint32_t transaction_ = 0;  // 0: none
  std::deque<StoreReply> ready_;
  std::uint64_t handled_ = 0;  // of replies, once as they came and once as they were given out
  NotedChanges noted_;
  std::string problem_;  // why all is lost; empty while it is not
};

}  // namespace xsaudit
