// Input for zabbix_sender -i: lines "- key value", where "-" is the host of the agent's
// configuration. A value in double quotes has backslashes and quotes escaped by a backslash
// (zabbix_sender(1)). xsaudit.guests has the guests for low-level discovery. Every listed domain is
// among them and has a state, so that the state of a guest changes back when its faults are gone.
#include "report/json_members.h"
#include "report/monitoring.h"
#include "report/report.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMaxTextBytes = 700;

std::string in_sender_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string line(const std::string& key, const std::string& value) {
  return "- " + key + " " + value + "\n";
}

std::string line(const std::string& key, std::uint64_t value) {
  return line(key, std::to_string(value));
}

std::string state_lines(MonitoringState state, const std::string& text) {
  return line("xsaudit.state", static_cast<std::uint64_t>(state)) +
         line("xsaudit.text", in_sender_quotes(monitoring_text(text, kMaxTextBytes)));
}

std::string number_lines(const AuditResult& result, std::uint64_t nodes) {
  std::string text;
  const auto counts = result.counts();
  for (std::size_t i = counts.size(); i-- > static_cast<std::size_t>(Severity::low);) {
    text +=
        line(std::string("xsaudit.findings[") + to_text(static_cast<Severity>(i)) + "]", counts[i]);
  }
  return text + line("xsaudit.suppressed", result.suppressed.size()) +
         line("xsaudit.known", result.known.size()) + line("xsaudit.nodes", nodes);
}

std::string guest_lines(const AuditResult& result) {
  Json discovered = Json::array();
  std::string text;
  for (const MonitoredGuest& one : monitored_guests(result, true)) {
    discovered.push_back({{"{#GUEST}", one.label}, {"{#DOMID}", std::to_string(one.guest.domid)}});
    const bool found = !one.findings.empty();
    const MonitoringState state =
        found ? state_of(one.findings.front()->severity) : MonitoringState::ok;
    const std::string phrase =
        found ? counts_phrase(one.findings) + ": " + finding_phrase(result, *one.findings.front())
              : "no findings";
    text += line(in_sender_quotes("xsaudit.guest.state[" + one.label + "]"),
                 static_cast<std::uint64_t>(state));
    text += line(in_sender_quotes("xsaudit.guest.text[" + one.label + "]"),
                 in_sender_quotes(monitoring_text(phrase, kMaxTextBytes)));
  }
  return line("xsaudit.guests", in_sender_quotes(discovered.dump())) + text;
}

// The sender's exit status is the one that counts.
int sender_status(const AuditResult&, const ReportOptions&) { return 0; }

std::string sender_failure(const std::string& why) {
  return state_lines(MonitoringState::unknown, why);
}

}  // namespace

const MonitoringFormat kZabbixMonitoring = {sender_status, sender_failure, 0};

std::string write_zabbix_report(const AuditResult& result, const ReportOptions& options) {
  std::string text = state_lines(monitoring_state(result, options), state_phrase(result, options));
  std::uint64_t nodes = 0;
  for (const SourceSummary& source : result.sources) nodes += source.nodes;
  // Where nothing was read, no number and no guest is known.
  return nodes == 0 ? text : text + number_lines(result, nodes) + guest_lines(result);
}

}  // namespace xsaudit
