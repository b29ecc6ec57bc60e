#include "report/report.h"

#include <algorithm>

namespace xsaudit {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats = {
      {"text", "for people, grouped by guest and device", write_text_report},
      {"json", "xsaudit-result/1, see schema/result.schema.json", write_json_report},
      {"jsonl", "one JSON object per line", write_jsonl_report},
      {"sarif", "SARIF 2.1.0, for code scanning", write_sarif_report},
      {"junit", "JUnit XML, for CI servers", write_junit_report},
      {"github", "annotations of GitHub Actions", write_github_report},
      {"prometheus", "metrics for the textfile collector", write_prometheus_report},
      {"nagios", "a plugin's output and exit status", write_nagios_report, &kNagiosMonitoring},
      {"checkmk", "a local check of Checkmk", write_checkmk_report, &kCheckmkMonitoring},
      {"zabbix", "input for zabbix_sender -i", write_zabbix_report, &kZabbixMonitoring},
      {"markdown", "for tickets and job summaries", write_markdown_report},
      {"html", "one page with a picture of the host", write_html_report},
  };
  return formats;
}

const ReportFormat* find_report_format(std::string_view name) {
  const auto& formats = report_formats();
  const auto found = std::find_if(formats.begin(), formats.end(),
                                  [&](const ReportFormat& format) { return format.name == name; });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace xsaudit
