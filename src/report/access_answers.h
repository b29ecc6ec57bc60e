// The answers of `xsaudit access` as text for people and as JSON for programs. Every path and name
// is escaped. Stateless; any thread.
#pragma once

#include <string>

#include "audit/access_report.h"

namespace xsaudit {

std::string write_access_text(const AccessReport& report);

// "xsaudit-access/1": {format, version, source, privileged, stub_domains, paths, reach}.
std::string write_access_json(const AccessReport& report);

}  // namespace xsaudit
