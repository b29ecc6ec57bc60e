// Makes events of the lines of a log: resolves relative paths, joins each request with the error
// that the daemon answered, and each transaction with its commit or conflict. The newest events are
// kept up to a limit of memory, and the number of dropped ones is counted. Used by one thread.
//
// oxenstored logs a request after it was carried out, and the error when the reply is sent, without
// a number for the request (process.ml write_access_log, write_answer_log). An error belongs to the
// last request of its connection, or to a request that is not logged, such as a read.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "source/log/access_log.h"
#include "source/log/log_line.h"

namespace xsaudit {

class LogPairing {
 public:
  explicit LogPairing(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // A line of file `file` with the number `number`; `time` is its time with the year.
  void add(const LogLine& line, std::int64_t time, std::uint32_t file, std::uint64_t number);
  // After the last line of a file: lines of oxenstored's own file have a greatest length, and one
  // of that length that ends with ".." was truncated.
  void end_file(std::size_t longest_line);

  struct Made {
    std::vector<LogEvent> events;
    std::vector<std::pair<Domid, AccessLog::Refusals>> refusals;  // by domid
    std::uint64_t dropped = 0;                                    // the oldest events
  };
  Made finish() &&;

 private:
  using Number = std::uint64_t;  // of an event, counted from the first, dropped ones included
  using Transaction = std::pair<LogConnection, std::uint64_t>;
  struct Request {
    std::uint64_t transaction = 0;
    std::optional<Number> event;  // nothing: a request that is not an event
  };
  struct Open {
    std::vector<Number> events;
    std::optional<std::uint64_t> replay_of;
    bool commits_logged = true;
  };

  LogEvent* find(Number number);
  void settle(Open& open, LogOutcome outcome, const char* error);
  void request(const LogLine& line, LogEvent event);
  void answered(const LogLine& line);
  void transaction_ended(const LogLine& line, LogOutcome outcome);
  void connection_ended(const LogLine& line, LogEvent event);
  void trace_line(const LogLine& line, LogEvent event);
  bool read_request(const LogLine& line, LogEvent& event) const;
  void keep(LogEvent event);

  const std::size_t most_bytes_;
  std::deque<LogEvent> events_;
  Number first_ = 0;  // of events_
  std::size_t bytes_ = 0;
  std::map<Transaction, Open> open_;
  std::map<LogConnection, Request> last_;
  std::map<Domid, AccessLog::Refusals> refusals_;
  // Events of the present file whose line ends with "..", with the line's length.
  std::vector<std::pair<Number, std::size_t>> dotted_;
};

}  // namespace xsaudit
