// Takes one line of a log of the daemon apart. The forms, with their sources:
//
//   [20261128T12:33:38.467Z]  D3.1         write     device/vif/0/backend /local/…
//       oxenstored's own file (tools/ocaml/xenstored/logging.ml). The bytes of guests are escaped
//       as by OCaml's String.escaped, so that no guest can make a line.
//   Jul  5 18:02:10 host oxenstored[99]:  D3           write     …
//       the same through syslog, in place of the time in brackets; also with a time of RFC 3339.
//   io: IN 0x560b1c2d3e40 (d3) 20261128 12:11:05 WRITE (device/vif/0/backend /local/…)
//       a trace of C xenstored (core.c trace_io) of 4.19 and later; 4.18 has no domain, 4.17 no
//       "io:" either. The bytes of guests are not escaped.
//
// Views into the line. Stateless; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "source/log/log_event.h"

namespace xsaudit {

struct LogLine {
  LogForm form = LogForm::access_log;
  // Milliseconds since 1970 as if the stamp were UTC. A stamp of syslog has no year: then the
  // time is that of the year 1972, which has all days, and `without_year` is set.
  std::int64_t time = 0;
  bool without_year = false;

  LogConnection by;
  std::uint64_t transaction = 0;
  std::optional<std::uint64_t> replay_of;  // the transaction that is replayed
  std::string_view operation;              // "write", "w event", "error"; of a trace "WRITE"
  std::string_view data;
  bool dots = false;            // ends with "..", as a truncated line does
  std::uint64_t times = 1;      // of syslog: "message repeated N times"
  bool repeats_before = false;  // of syslog: "last message repeated N times"
  bool answer = false;          // of a trace: sent by the daemon
  bool foreign = false;         // a line of another program, or one that is not about a request
  std::size_t length = 0;       // of the line
  bool unfinished = false;      // for the reader to set: the file ends within the line
};

// Nothing for a line in none of the forms.
std::optional<LogLine> parse_log_line(std::string_view line);

// Reverses OCaml's String.escaped. False if `text` ends within an escape, as a truncated line may;
// the bytes before it are in `bytes`.
bool unescape_ocaml(std::string_view text, std::string& bytes);

// The lengths that matter for truncated lines. oxenstored truncates the lines of its own file
// (access-log-nb-chars, 180 by default). rsyslog truncates messages at 8 KiB.
inline constexpr std::size_t kLongestSyslogLine = 8000;

}  // namespace xsaudit
