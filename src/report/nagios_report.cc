// A plugin for Nagios, and for what understands its plugins: Icinga, Centreon, NRPE, Checkmk's
// mrpe. The first line has the state, the worst finding and, after "|", performance data; the lines
// after it have the other findings. Performance data are on the first line only, and it has at most
// 900 bytes, because NRPE 2 carries 1 KiB. The exit status is the state.
#include "report/monitoring.h"
#include "report/report.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMaxFirstLine = 900;

std::string first_line(MonitoringState state, const std::string& text,
                       const std::string& performance) {
  const std::string head = std::string("XSAUDIT ") + to_text(state) + " - ";
  return head + monitoring_text(text, kMaxFirstLine - head.size() - performance.size()) +
         performance + "\n";
}

// 'label'=value;warn;crit;min: the range "0" raises an alarm for any greater value.
std::string performance_data(const AuditResult& result) {
  std::uint64_t nodes = 0;
  for (const SourceSummary& source : result.sources) nodes += source.nodes;
  if (nodes == 0) return {};  // a graph must not show that nothing was found
  std::string text = " |";
  const auto counts = result.counts();
  for (std::size_t i = counts.size(); i-- > static_cast<std::size_t>(Severity::low);) {
    const auto severity = static_cast<Severity>(i);
    const bool alarm = severity >= result.fail_on;
    const bool critical = state_of(severity) == MonitoringState::critical;
    text += std::string(" ") + to_text(severity) + "=" + std::to_string(counts[i]);
    text += !alarm ? ";;;0" : critical ? ";;0;0" : ";0;;0";
  }
  text += " suppressed=" + std::to_string(result.suppressed.size()) + ";;;0";
  text += " known=" + std::to_string(result.known.size()) + ";;;0";
  return text + " nodes=" + std::to_string(nodes) + ";;;0";
}

int plugin_status(const AuditResult& result, const ReportOptions& options) {
  return static_cast<int>(monitoring_state(result, options));
}

std::string plugin_failure(const std::string& why) {
  return first_line(MonitoringState::unknown, why, "");
}

}  // namespace

const MonitoringFormat kNagiosMonitoring = {plugin_status, plugin_failure,
                                            static_cast<int>(MonitoringState::unknown)};

std::string write_nagios_report(const AuditResult& result, const ReportOptions& options) {
  std::string text = first_line(monitoring_state(result, options), state_phrase(result, options),
                                performance_data(result));
  for (const std::string& line : detail_lines(result)) {
    text += line + "\n";
  }
  return text;
}

}  // namespace xsaudit
