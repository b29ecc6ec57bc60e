// The result for a person: what is wrong with which guest's device, who could have done it, the
// nodes that show it, what to do; then what could not be judged, and the verdict in one line. Lines
// are as long as what they say; a terminal wraps them. Stateless; any thread.
#pragma once

#include <string>

#include "report/report.h"

namespace xsaudit {

std::string write_text_report(const AuditResult& result, const ReportOptions& options);

}  // namespace xsaudit
