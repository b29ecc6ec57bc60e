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

}  // namespace xsaudit
