// The result as lines for a log: one for each finding that counts, for each source that could not
// be audited, for each suppression that does not do what was wished, and one for the audit itself,
// so that a day without it is noticed. Values are escaped and cut where a guest could have made
// them long; no line holds a control character. Stateless; any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

// As syslog(3) numbers them.
enum class LogPriority : std::uint8_t {
  critical = 2,
  error = 3,
  warning = 4,
  notice = 5,
  info = 6
};

struct LogEntry {
  LogPriority priority = LogPriority::info;
  std::vector<std::pair<std::string, std::string>> fields;  // "event" first, "message" last
};

// `status` is what the program exits with.
std::vector<LogEntry> log_entries(const AuditResult& result, int status);

// "event=finding rule=orphan-backend severity=low … message=\"…\"": a value that is not only
// letters, digits and some signs stands in quotes, with quotes and backslashes in it escaped.
std::string log_text(const LogEntry& entry);

}  // namespace xsaudit
