// Interprets payloads of replies (xen.git docs/misc/xenstore.txt). Functions without state.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "source/live/live_walk.h"
#include "source/live/rate_controller.h"
#include "source/live/store_reader.h"
#include "source/live/wire_connection.h"

namespace xsaudit {

// XS_ERROR: the name of an error of errno.h, as "ENOENT".
void take_error(std::string_view payload, StoreReply& reply);

// Each puts what it read into the reply, whose outcome is ok then. False: no daemon says this.
bool take_names(std::string_view payload, StoreReply& reply);
bool take_permissions(std::string_view payload, StoreReply& reply);
bool take_introduced(std::string_view payload, StoreReply& reply);

// Requests to xenstored, many at a time over several connections, and what comes of each: the
// daemon's reply, or nothing once all is lost. That is at the deadline, beyond which it never
// waits, and from the first message on that is not what it should be, for then nothing that follows
// can be trusted. How many requests and connections are in use is for the RateController to say.
// Owns its connections. Used by one thread.
struct WireRequest {
  std::uint32_t id = 0;    // given by WireExchange::send()
  std::uint32_t type = 0;  // of xs_wire.h
  std::uint64_t tag = 0;   // the sender's own
  std::string path;  // of XS_DIRECTORY and XS_DIRECTORY_PART, which may have to be asked again
  std::unique_ptr<DirectoryParts> parts;
};

class WireExchange {
 public:
  using Clock = std::chrono::steady_clock;

  static Result<WireExchange> open(const std::string& way, const Pace& pace,
                                   Clock::time_point deadline);

  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
  std::size_t window() const { return connections() * pacer_.in_flight(); }
  void set_lone_reply_time(Clock::duration time) { pacer_.set_lone_reply_time(time); }
  // Closes the other connections. Nothing may be unanswered.
  void keep_one_connection();
  // Transaction of all later requests; 0: none. A daemon knows a transaction on its own connection
  // only, so there may be one.
  void set_transaction(std::uint32_t id) { transaction_ = id; }
  bool in_transaction() const { return transaction_ != 0; }

  // Goes to the connection with the least to do: to the first while nothing is unanswered.
  void send(WireRequest request, std::string_view payload);
  // The pause that other clients need before the next request.
  void rest();
  // Sends, and takes what arrives for next().
  void wait();

  // Takes received messages one by one: a reply or an error, with its request.
  struct Arrival {
    WireRequest request;
    WireMessage message;
  };
  bool next(Arrival& arrival);

  // To be called for each reply that is handled, so that others get the processor too.
  void yield_processor();

  void fail(std::string problem);
  const std::string& problem() const { return problem_; }  // why all is lost; else empty
  // All that will have no reply, which is what is left once all is lost.
  std::vector<WireRequest> take_unanswered();

 private:
  struct Line {
    WireConnection connection;
    std::deque<WireRequest> unanswered;  // in the order of sending
  };

  WireExchange(std::vector<Line> lines, const Pace& pace, Clock::time_point deadline)
      : lines_(std::move(lines)), pacer_(pace), deadline_(deadline) {}

  std::size_t connections() const { return std::min(pacer_.connections(), lines_.size()); }
  Line& least_busy();
  std::size_t unanswered() const;
  void let_it_work();
  bool match(Line& line, Arrival& arrival);

  std::vector<Line> lines_;
  std::size_t line_ = 0;  // that next() looks at
  RateController pacer_;
  Clock::time_point deadline_;
  std::uint32_t next_id_ = 1;
  std::uint32_t transaction_ = 0;
  YieldPolicy courtesy_;
  std::string problem_;
};

}  // namespace xsaudit
