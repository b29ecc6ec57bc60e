// The events of a log of the daemon, in their order, with an index by path. Made by read_log()
// (log_reader.h), then only read; any thread. It owns its data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/log/log_event.h"

namespace xsaudit {

class AccessLog {
 public:
  struct File {
    std::string name;  // raw bytes
    std::uint64_t lines = 0;
    std::int64_t begins = 0;
    std::int64_t ends = 0;
    LogForm form = LogForm::access_log;
  };
  // Requests of an unprivileged domain that the daemon refused.
  struct Refusals {
    std::uint64_t changes = 0;  // refused changes
    std::uint64_t others = 0;   // refused requests of which the log has only the error
  };

  // `events` in their order; `gaps` are sentences that are safe to print.
  AccessLog(std::vector<File> files, std::vector<LogEvent> events, std::vector<std::string> gaps,
            std::vector<std::pair<Domid, Refusals>> refusals);

  const std::vector<File>& files() const { return files_; }  // in the order of their lines
  const std::vector<LogEvent>& events() const { return events_; }
  // What is missing: lines that were not understood, files that overlap, dropped events.
  const std::vector<std::string>& gaps() const { return gaps_; }
  std::uint64_t lines() const;
  bool empty() const { return lines() == 0; }
  // Whether a guest could have forged lines.
  bool forgeable() const;
  // Whether the log has the time in UTC, and so can be compared with other clocks.
  bool in_utc() const;
  std::int64_t begins() const { return files_.empty() ? 0 : files_.front().begins; }
  std::int64_t ends() const { return files_.empty() ? 0 : files_.back().ends; }
  LogForm form() const { return files_.empty() ? LogForm::access_log : files_.front().form; }
  // "2026-11-28T12:33:38.467Z"
  std::string begins_text() const { return time_text(begins(), form()); }

  // The events at the path and below it, with removals of its ancestors and ends of the domain in
  // whose home it lies; in their order. A truncated path counts if it may be one of these.
  std::vector<const LogEvent*> history(std::string_view path) const;
  // Those that may have changed the node itself: at the node and at its ancestors, and creations
  // below it, which create the node as well.
  std::vector<const LogEvent*> concerning(std::string_view path) const;
  // The changes that a domain attempted and that were refused for lack of permission, since it
  // began (see life_begins()).
  std::vector<const LogEvent*> refused(Domid domid) const;
  // The changes of a node's value by unprivileged domains that took effect, since the node was last
  // removed by the toolstack or its domain began.
  std::vector<const LogEvent*> values(std::string_view path) const;
  Refusals refusals(Domid domid) const;

  // "xenstored-access.log.1:17", safe to print.
  std::string place(const LogEvent& event) const;

 private:
  using Index = std::vector<std::uint32_t>;
  // Domids are used again. The first event that can concern the present domain: after the last end
  // of a domain of this number, or the last removal of its home by the toolstack.
  std::uint32_t life_begins(Domid domid) const;
  void add_at(std::string_view path, std::vector<std::uint32_t>& found) const;
  void add_below(std::string_view path, std::vector<std::uint32_t>& found) const;
  std::vector<const LogEvent*> sorted(std::vector<std::uint32_t> found) const;

  std::vector<File> files_;
  std::vector<LogEvent> events_;
  std::vector<std::string> gaps_;
  std::vector<std::pair<Domid, Refusals>> refusals_;  // by domid
  Index by_path_;                                     // by path, then in order
  Index cut_paths_;                                   // events with a truncated path
};

// The home of the domain in which the path lies: "/local/domain/3"; empty if it lies in none.
std::string_view home_of(std::string_view path);

}  // namespace xsaudit
