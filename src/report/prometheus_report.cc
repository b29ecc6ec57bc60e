// Metrics for the textfile collector of Prometheus' node exporter. Labels are only severities and
// ids of rules: with a label that it chooses a guest could fill the server with time series.
#include <algorithm>

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
  void describe(const std::string& name, const char* help) {
    text_ += "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n";
  }
  template <typename Number>
  void sample(const std::string& name, Number value, const std::string& labels = "") {
    text_ += name + (labels.empty() ? "" : "{" + labels + "}") + " " + std::to_string(value) + "\n";
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

template <typename Test>
std::size_t sources_that(const AuditResult& result, const Test& test) {
  return static_cast<std::size_t>(
      std::count_if(result.sources.begin(), result.sources.end(), test));
}

}  // namespace

std::string write_prometheus_report(const AuditResult& result, const ReportOptions&) {
  Metrics metrics;
  metrics.describe("xsaudit_build_info", "The version of xsaudit.");
  metrics.sample("xsaudit_build_info", 1, "version=" + label(result.version));

  metrics.describe("xsaudit_findings", "Findings by severity.");
  const auto counts = result.counts();
  for (std::size_t i = counts.size(); i-- > 0;) {
    metrics.sample("xsaudit_findings", counts[i],
                   "severity=" + label(to_text(static_cast<Severity>(i))));
  }

  metrics.metric("xsaudit_findings_suppressed", "Findings that a suppression covers.",
                 result.suppressed.size());
  metrics.metric("xsaudit_findings_known", "Findings that the baseline contains.",
                 result.known.size());

  std::vector<std::uint64_t> found(result.rules.size());
  std::vector<std::uint64_t> undecided(result.rules.size());
  for (const Finding& finding : result.findings) ++found[finding.rule];
  for (const UndecidedRule& entry : result.not_evaluated) undecided[entry.rule] += entry.count;
  metrics.describe("xsaudit_rule_findings", "Findings by rule.");
  for (std::size_t i = 0; i < found.size(); ++i) {
    metrics.sample("xsaudit_rule_findings", found[i], "rule=" + label(result.rules[i].id));
  }
  metrics.describe("xsaudit_rule_not_evaluated", "Places where a rule could not be decided.");
  for (std::size_t i = 0; i < undecided.size(); ++i) {
    metrics.sample("xsaudit_rule_not_evaluated", undecided[i], "rule=" + label(result.rules[i].id));
  }

  std::uint64_t nodes = 0;
  for (const SourceSummary& source : result.sources) nodes += source.nodes;
  metrics.metric("xsaudit_sources", "Audited stores, unreadable ones included.",
                 result.sources.size());
  metrics.metric("xsaudit_sources_unreadable", "Stores that could not be read.",
                 sources_that(result, [](const auto& source) { return !source.error.empty(); }));
  metrics.metric(
      "xsaudit_sources_incomplete", "Stores with an incomplete audit, unreadable ones included.",
      sources_that(result, [](const auto& source) { return !source.incomplete.empty(); }));
  metrics.metric("xsaudit_nodes", "Nodes that were audited.", nodes);
  metrics.metric("xsaudit_failed", "1 if there are findings at or above --fail-on.",
                 result.verdict == Verdict::findings ? 1 : 0);
  return std::move(metrics).text();
}

}  // namespace xsaudit
