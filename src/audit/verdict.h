// The verdict and the exit status of an audit, from its findings and its gaps. Every program that
// calls xsaudit depends on these numbers: they are the table in README.md. Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

inline constexpr int kExitClean = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitNotAudited = 2;
inline constexpr int kExitIncomplete = 3;

// The reasons why the audit of one source is incomplete: data that a complete recording of its
// format would have, and rules that could not be decided although the format has the data. `index`
// is the source's.
std::vector<std::string> incomplete_because(const AuditResult& result, std::size_t index);

// By findings at or above result.fail_on (info never counts), then by the sources' `incomplete`.
Verdict verdict_of(const AuditResult& result);

// The same for each source by itself, with the findings in it by severity.
struct SourceVerdict {
  Verdict verdict = Verdict::clean;
  std::array<std::uint64_t, 5> counts{};
  std::uint64_t suppressed = 0;
  std::uint64_t known = 0;
};
std::vector<SourceVerdict> source_verdicts(const AuditResult& result);

// 2 if a source could not be read at all, else by the verdict. Accepting an incomplete audit does
// not make an empty store pass: there was nothing to audit.
int exit_status(const AuditResult& result, bool accept_incomplete);

// The same if a baseline of the findings is written: those that it contains are accepted.
int exit_status_with_baseline(const AuditResult& result, bool accept_incomplete);

}  // namespace xsaudit
