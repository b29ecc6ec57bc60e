// One event of a log of the daemon: a request that changes the store, with its time, its connection
// and its outcome. A plain value; paths and values are raw bytes, chosen by guests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/permissions.h"

namespace xsaudit {

// The program that writes the log, and the form of its lines.
enum class LogForm : std::uint8_t {
  access_log,  // oxenstored's own file: UTC, every transaction's end
  syslog,      // oxenstored's lines as syslog writes them: local time, mostly without commits
  trace,       // trace of C xenstored, in which guests can forge lines
};
const char* to_text(LogForm form);

// A client of the daemon.
struct LogConnection {
  enum class Kind : std::uint8_t {
    domain,   // the ring of a domain; of domain 0: its kernel
    process,  // the n-th connection to the socket since the daemon began: a process of domain 0
    control,  // the daemon itself, on behalf of xenstore-control
    unknown,  // a connection that the log names by an address only
  };
  Kind kind = Kind::unknown;
  std::uint64_t number = 0;  // the domid, n, or the address

  // Whether the client is an unprivileged domain, or may be one.
  bool unprivileged() const {
    return kind == Kind::unknown || (kind == Kind::domain && number != 0);
  }
  std::optional<Domid> domid() const {
    if (kind != Kind::domain) return std::nullopt;
    return static_cast<Domid>(number);
  }
  bool operator==(const LogConnection&) const = default;
  bool operator<(const LogConnection& other) const {
    return kind != other.kind ? kind < other.kind : number < other.number;
  }
};

// "domain 3", "domain 0 (kernel)", "process A5 of domain 0"
std::string to_text(const LogConnection& connection);

enum class LogOperation : std::uint8_t {
  write,
  mkdir,
  remove,
  set_permissions,
  ended,  // the domain ended; the path is its home
};
const char* to_text(LogOperation operation);

enum class LogOutcome : std::uint8_t {
  done,
  refused,        // LogEvent::error is the reason
  not_committed,  // the transaction ended without a commit, or has not ended
  conflicted,     // the transaction could not be committed (EAGAIN)
  unknown,        // the log does not contain it
};
const char* to_text(LogOutcome outcome);

struct LogEvent {
  std::int64_t time = 0;  // milliseconds since 1970, of a clock as LogForm states
  LogConnection by;
  std::uint64_t transaction = 0;  // 0: none
  bool replayed = false;          // the daemon repeated a conflicting transaction
  LogForm form = LogForm::access_log;
  LogOperation operation = LogOperation::write;
  LogOutcome outcome = LogOutcome::done;
  // The line was truncated within the path or after it: only the beginning is known.
  bool path_cut = false;
  bool value_cut = false;
  std::uint64_t times = 1;  // identical lines in sequence
  std::uint32_t file = 0;   // index into AccessLog::files()
  std::uint64_t line = 0;   // from 1
  std::string path;         // absolute; of a refused request as it was sent
  std::string value;        // of write: the value; of set_permissions: "n0 r3"
  std::string error;        // "EACCES"

  bool took_effect() const { return outcome == LogOutcome::done; }
  bool may_have_taken_effect() const {
    return outcome == LogOutcome::done || outcome == LogOutcome::unknown;
  }
};

// "2026-11-28T12:33:38.467Z"; without "Z", and without milliseconds, for syslog and traces, which
// have the host's local time.
std::string time_text(const LogEvent& event);
std::string time_text(std::int64_t time, LogForm form);

}  // namespace xsaudit
