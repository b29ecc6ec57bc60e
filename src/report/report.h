// Turning a result into text of one format or another. A format is one file and one line of the
// table in report.cc; nobody else lists them. Writers make a string and do nothing else: where it
// goes is the business of cli/. The same result gives the same bytes; no byte that a guest chose
// comes out unescaped. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

struct ReportOptions {
  bool colour = false;           // for formats meant for a terminal
  bool show_suppressed = false;  // tell of what does not count as of what does; text only
};

struct ReportFormat {
  const char* name;         // "text"
  const char* description;  // "for people, grouped by guest and device"
  std::string (*write)(const AuditResult& result, const ReportOptions& options);
};

const std::vector<ReportFormat>& report_formats();
const ReportFormat* find_report_format(std::string_view name);  // null if there is none

// The writers of the formats, one file each; report.cc has the table of them, and nobody else calls
// one by its name. What a format is for and how it keeps guests' bytes from being taken for more
// than text is said at the top of its file. Stateless; any thread.
std::string write_github_report(const AuditResult& result, const ReportOptions& options);
std::string write_html_report(const AuditResult& result, const ReportOptions& options);
std::string write_json_report(const AuditResult& result, const ReportOptions& options);
std::string write_jsonl_report(const AuditResult& result, const ReportOptions& options);
std::string write_junit_report(const AuditResult& result, const ReportOptions& options);
std::string write_markdown_report(const AuditResult& result, const ReportOptions& options);
std::string write_prometheus_report(const AuditResult& result, const ReportOptions& options);
std::string write_sarif_report(const AuditResult& result, const ReportOptions& options);
std::string write_text_report(const AuditResult& result, const ReportOptions& options);

}  // namespace xsaudit
