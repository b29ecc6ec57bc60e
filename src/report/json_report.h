// The result as JSON for other programs, "xsaudit-result/1": every member is described in
// schema/result.schema.json. Members may be added to it, never removed or given another meaning.
// Values, names and paths of the store are arbitrary bytes, which JSON cannot hold; they are
// written in the escaped form of store/escape.h, from which the bytes can be had back. Stateless;
// any thread.
#pragma once

#include <string>

#include "report/report.h"

namespace xsaudit {

std::string write_json_report(const AuditResult& result, const ReportOptions& options);

}  // namespace xsaudit
