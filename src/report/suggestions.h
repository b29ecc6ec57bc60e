// Entries of a suppression file for findings, to paste and complete: for a person who has decided
// to accept them. Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include "audit/result.h"
#include "base/calendar.h"

namespace xsaudit {

// One entry for a finding: its rule, guest, place and host, and a reason to be replaced.
std::string suppression_entry(const AuditResult& result, const Finding& finding, Day expires);

// A suppression file with an entry for each finding, each entry once.
std::string suppression_file(const AuditResult& result, const std::vector<const Finding*>& findings,
                             Day expires);

}  // namespace xsaudit
