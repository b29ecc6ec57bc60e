// The writers of the formats, one file each; report.cc has the table of them, and nobody else calls
// one by its name. What a format is for and how it keeps guests' bytes from being taken for more
// than text is said at the top of its file. Stateless; any thread.
#pragma once

#include <string>

#include "report/report.h"

namespace xsaudit {

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
