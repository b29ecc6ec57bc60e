// A local check of Checkmk: lines "STATE "service" metrics text". One service is the host's and
// counts every finding; each guest with findings has one more, which vanishes with its findings.
// "\n" within a text is the beginning of another line of it: only this file writes one.
#include "report/monitoring.h"
#include "report/report.h"

namespace xsaudit {
namespace {

constexpr const char* kHostService = "xsaudit";
constexpr std::size_t kMaxTextBytes = 700;

std::string service(MonitoringState state, const std::string& name, const std::string& metrics,
                    const std::string& text, const std::vector<std::string>& details) {
  std::string line = std::to_string(static_cast<int>(state)) + " \"" + name + "\" " + metrics + " ";
  line += monitoring_text(text, kMaxTextBytes);
  for (const std::string& detail : details) line += "\\n" + detail;
  return line + "\n";
}

std::string metrics_of(const AuditResult& result) {
  std::uint64_t nodes = 0;
  for (const SourceSummary& source : result.sources) nodes += source.nodes;
  if (nodes == 0) return "-";  // a graph must not show that nothing was found
  std::string text;
  const auto counts = result.counts();
  for (std::size_t i = counts.size(); i-- > static_cast<std::size_t>(Severity::low);) {
    text += std::string(to_text(static_cast<Severity>(i))) + "=" + std::to_string(counts[i]) + "|";
  }
  return text + "suppressed=" + std::to_string(result.suppressed.size()) +
         "|known=" + std::to_string(result.known.size()) + "|nodes=" + std::to_string(nodes);
}

// The agent takes the output of a local check whatever its exit status is.
int local_check_status(const AuditResult&, const ReportOptions&) { return 0; }

std::string local_check_failure(const std::string& why) {
  return service(MonitoringState::unknown, kHostService, "-", why, {});
}

}  // namespace

const MonitoringFormat kCheckmkMonitoring = {local_check_status, local_check_failure, 0};

std::string write_checkmk_report(const AuditResult& result, const ReportOptions& options) {
  std::string text = service(monitoring_state(result, options), kHostService, metrics_of(result),
                             state_phrase(result, options), detail_lines(result));
  for (const MonitoredGuest& one : monitored_guests(result, false)) {
    text += service(
        state_of(one.findings.front()->severity), std::string(kHostService) + " " + one.label, "-",
        counts_phrase(one.findings) + ": " + finding_phrase(result, *one.findings.front()),
        finding_lines(result, one.findings));
  }
  return text;
}

}  // namespace xsaudit
