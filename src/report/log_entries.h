// The result as lines for a log: one for each finding that counts, for each source that could not
// be audited, for each suppression without the intended effect, and one for the audit itself, so
// that a missing audit is noticed. Values are escaped, and shortened if a guest could have made
// them long; no line contains a control character. Stateless; any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

// The priorities of syslog(3).
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

// `status` is the one of audit/verdict.h, also where a report format has exit statuses of its own.
std::vector<LogEntry> log_entries(const AuditResult& result, int status);

// "event=finding rule=orphan-backend severity=low … message=\"…\"": a value with other characters
// than letters, digits and some signs is put in quotes, with quotes and backslashes in it escaped.
std::string log_text(const LogEntry& entry);

}  // namespace xsaudit
