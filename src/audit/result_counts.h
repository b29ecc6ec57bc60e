// The numbers of a result, by severity and by rule: what metrics need of an audit, and of a watch,
// which does not keep a whole result. A plain value; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "audit/result.h"

namespace xsaudit {

struct ResultCounts {
  std::array<std::uint64_t, 5> by_severity{};  // findings
  std::vector<std::uint64_t> by_rule;          // findings; one number for each rule of the result
  std::vector<std::uint64_t> undecided;        // places where the rule could not be decided
  std::uint64_t suppressed = 0;
  std::uint64_t known = 0;  // the baseline contains them
  std::uint64_t sources = 0;
  std::uint64_t unreadable = 0;  // of the sources
  std::uint64_t incomplete = 0;  // sources with an incomplete audit, unreadable ones included
  std::uint64_t nodes = 0;
  bool failed = false;  // there is a finding at or above fail_on

  void add(const Finding& finding);
};

ResultCounts count(const AuditResult& result);

}  // namespace xsaudit
