// Turns a result into text of one format. A format is one file and one line of the table in
// report.cc, the only list of formats. Writers only make a string; cli/ decides where it goes. The
// same result gives the same bytes; no byte that a guest chose comes out unescaped. Stateless; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

struct ReportOptions {
  bool colour = false;             // for formats meant for a terminal
  bool show_suppressed = false;    // show suppressed and known findings in full; text only
  bool verbose = false;            // list what could not be judged; text and Markdown
  bool quiet = false;              // leave out clean sources; text and Markdown
  bool accept_incomplete = false;  // an incomplete audit is a success; monitoring only
};

// A format for a monitoring system, which has exit statuses of its own and expects a state even
// when there was no audit.
struct MonitoringFormat {
  int (*exit_status)(const AuditResult& result, const ReportOptions& options);
  std::string (*not_audited)(const std::string& why);  // the report in place of one of a result
  int exit_status_not_audited;
};

struct ReportFormat {
  const char* name;         // "text"
  const char* description;  // "for people, grouped by guest and device"
  std::string (*write)(const AuditResult& result, const ReportOptions& options);
  const MonitoringFormat* monitoring = nullptr;  // null: the exit statuses of audit/verdict.h
};

const std::vector<ReportFormat>& report_formats();
const ReportFormat* find_report_format(std::string_view name);  // null if unknown

// The writers of the formats, one file each; report.cc has their table and is the only caller by
// name. The head of each file describes the purpose of the format and its escaping. Stateless; any
// thread.
std::string write_checkmk_report(const AuditResult& result, const ReportOptions& options);
std::string write_github_report(const AuditResult& result, const ReportOptions& options);
std::string write_html_report(const AuditResult& result, const ReportOptions& options);
std::string write_json_report(const AuditResult& result, const ReportOptions& options);
std::string write_jsonl_report(const AuditResult& result, const ReportOptions& options);
std::string write_junit_report(const AuditResult& result, const ReportOptions& options);
std::string write_markdown_report(const AuditResult& result, const ReportOptions& options);
std::string write_nagios_report(const AuditResult& result, const ReportOptions& options);
std::string write_prometheus_report(const AuditResult& result, const ReportOptions& options);
std::string write_sarif_report(const AuditResult& result, const ReportOptions& options);
std::string write_text_report(const AuditResult& result, const ReportOptions& options);
std::string write_zabbix_report(const AuditResult& result, const ReportOptions& options);
extern const MonitoringFormat kNagiosMonitoring;
extern const MonitoringFormat kCheckmkMonitoring;
extern const MonitoringFormat kZabbixMonitoring;

}  // namespace xsaudit
