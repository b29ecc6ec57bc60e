#include <utility>

#include "report/metrics.h"
#include "report/report.h"

namespace xsaudit {
namespace {

// Label values escape backslash, quote and newline (exposition format 0.0.4).
std::string label(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

class Metrics {
 public:
  void describe(const std::string& name, const char* help, const char* type = "gauge") {
    text_ += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
  }
  template <typename Number>
  void sample(const std::string& name, Number value, const std::string& labels = "") {
    text_ += name + (labels.empty() ? "" : "{" + labels + "}") + " " + std::to_string(value) + "\n";
  }
  void by_rule(const std::string& name, const std::vector<std::uint64_t>& numbers,
               const std::vector<RuleSummary>& rules) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      sample(name, numbers[i], "rule=" + label(rules[i].id));
    }
  }
  template <typename Number>
  void metric(const std::string& name, const char* help, Number value) {
    describe(name, help);
    sample(name, value);
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string write_metrics(const std::string& version, const ResultCounts& counts,
                          const std::vector<RuleSummary>& rules) {
  Metrics metrics;
  metrics.describe("xsaudit_build_info", "The version of xsaudit.");
  metrics.sample("xsaudit_build_info", 1, "version=" + label(version));

  metrics.describe("xsaudit_findings", "Findings by severity.");
  for (std::size_t i = counts.by_severity.size(); i-- > 0;) {
    metrics.sample("xsaudit_findings", counts.by_severity[i],
                   "severity=" + label(to_text(static_cast<Severity>(i))));
  }

  metrics.metric("xsaudit_findings_suppressed", "Findings that a suppression covers.",
                 counts.suppressed);
  metrics.metric("xsaudit_findings_known", "Findings that the baseline contains.", counts.known);
  metrics.describe("xsaudit_rule_findings", "Findings by rule.");
  metrics.by_rule("xsaudit_rule_findings", counts.by_rule, rules);
  metrics.describe("xsaudit_rule_not_evaluated", "Places where a rule could not be decided.");
  metrics.by_rule("xsaudit_rule_not_evaluated", counts.undecided, rules);
  metrics.metric("xsaudit_sources", "Audited stores, unreadable ones included.", counts.sources);
  metrics.metric("xsaudit_sources_unreadable", "Stores that could not be read.", counts.unreadable);
  metrics.metric("xsaudit_sources_incomplete",
                 "Stores with an incomplete audit, unreadable ones included.", counts.incomplete);
  metrics.metric("xsaudit_nodes", "Nodes that were audited.", counts.nodes);
  metrics.metric("xsaudit_failed", "1 if there are findings at or above --fail-on.",
                 counts.failed ? 1 : 0);
  return std::move(metrics).text();
}

std::string write_watch_metrics(const WatchCounts& counts, const std::vector<RuleSummary>& rules) {
  Metrics metrics;
  metrics.describe("xsaudit_rule_passed_total",
                   "Findings that were there only between two changes, since the watch started.",
                   "counter");
  metrics.by_rule("xsaudit_rule_passed_total", counts.passed, rules);
  metrics.describe("xsaudit_states_not_judged_total",
                   "States between two changes that were not judged, since the watch started.",
                   "counter");
  metrics.sample("xsaudit_states_not_judged_total", counts.not_judged);
  return std::move(metrics).text();
}

std::string write_prometheus_report(const AuditResult& result, const ReportOptions&) {
  return write_metrics(result.version, count(result), result.rules);
}

}  // namespace xsaudit
