// For the text report: the findings that do not count because of suppressions or a baseline, and
// the state of those. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

// "; 2 findings suppressed, 1 known", for the line of the verdict; empty without any.
std::string triage_counts(std::uint64_t suppressed, std::uint64_t known);

// Why a finding does not count: "until 2027-03-31, suppress.yaml:3:5: the reason (the owner)", or
// that the baseline contains it; empty for a finding that counts and is new.
std::string why_not_counted(const Finding& finding, const AuditResult& result);

// One line for each suppression that has expired or covers nothing, or for each suppression.
std::vector<std::string> suppression_lines(const AuditResult& result, bool all);

// One line for each finding of the baseline that was not found again.
std::vector<std::string> gone_lines(const AuditResult& result);

}  // namespace xsaudit
