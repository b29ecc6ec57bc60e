// For the text report: what was found but does not count, because of suppressions or a baseline,
// and what there is to say of those themselves. Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

// "; 2 findings suppressed, 1 known": for the line of the verdict; empty where there is none.
std::string set_aside_counts(const AuditResult& result);

// Why a finding does not count: "until 2027-03-31, suppress.yaml:3:5: the reason (the owner)", or
// that the baseline knows it; empty for one that counts and is new.
std::string set_aside_because(const Finding& finding, const AuditResult& result);

// One line each on suppressions that have expired or cover nothing, or on all of them.
std::vector<std::string> suppression_lines(const AuditResult& result, bool all);

// One line each on what the baseline knew and was not found any more.
std::vector<std::string> gone_lines(const AuditResult& result);

}  // namespace xsaudit
