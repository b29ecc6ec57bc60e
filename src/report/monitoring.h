// What the formats for monitoring systems have in common: the state of an audit, and texts of which
// no byte can end a line, begin performance data or become a newline. Stateless; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/result.h"
#include "report/report.h"

namespace xsaudit {

// The values are the exit statuses of a plugin (nagios-plugins.org, Development Guidelines) and the
// states of a local check of Checkmk.
enum class MonitoringState : std::uint8_t { ok = 0, warning = 1, critical = 2, unknown = 3 };
const char* to_text(MonitoringState state);  // "OK"

// The state that findings of a severity have: critical for high and critical, else warning.
MonitoringState state_of(Severity severity);

// Only findings at or above result.fail_on count. A critical finding comes before an audit that is
// incomplete or did not take place, which is unknown; unknown comes before a warning, because what
// was not judged may be critical.
MonitoringState monitoring_state(const AuditResult& result, const ReportOptions& options);

// The findings that count, the worst first.
std::vector<const Finding*> counted_findings(const AuditResult& result);

// At most `limit` bytes of printable ASCII, cut with "...". The only backslashes are those of \xNN,
// which replaces "|", backslashes, "`", "$", "<", ">" and every byte that is not printable, also
// where `text` has an escape of base/escape.h: Nagios and Checkmk turn the two characters \n into a
// newline, Nagios cuts at "|", and notification commands pass texts through a shell.
std::string monitoring_text(std::string_view text, std::size_t limit);

// "2 findings (1 critical, 1 medium)"
std::string counts_phrase(const std::vector<const Finding*>& findings);

// "TITLE [rule-id] domain 3 "web", vif/0: MESSAGE", not yet safe to print.
std::string finding_phrase(const AuditResult& result, const Finding& finding);

// One sentence for the state, not yet safe to print: why it is unknown, or the number of findings
// and the worst of them, or that there are none.
std::string state_phrase(const AuditResult& result, const ReportOptions& options);

// One line for each finding, safe to print. About 2 KiB at most; the last line has the number of
// findings that are left out.
std::vector<std::string> finding_lines(const AuditResult& result,
                                       const std::vector<const Finding*>& findings);

// The same for all findings that count, after a line for each of the first stores that were not
// audited as a whole.
std::vector<std::string> detail_lines(const AuditResult& result);

// A guest and its findings that count, the worst first.
struct MonitoredGuest {
  // Its name in the monitoring system, different for each: the guest's name, else its UUID, else
  // "domain 3"; with the domid too where two guests have one name. Letters, digits, spaces and
  // "._:@+/#-", at most 100 bytes: without a meaning to Checkmk or Zabbix, in quotes or not. Other
  // bytes become "_".
  std::string label;
  Guest guest;
  std::vector<const Finding*> findings;
};

// The guests with findings that count, and with `all` every other domain that is listed, too; by
// source and domid.
std::vector<MonitoredGuest> monitored_guests(const AuditResult& result, bool all);

}  // namespace xsaudit
