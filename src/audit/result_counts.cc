#include "audit/result_counts.h"

namespace xsaudit {

void ResultCounts::add(const Finding& finding) {
  ++by_severity[static_cast<std::size_t>(finding.severity)];
  ++by_rule[finding.rule];
}

ResultCounts count(const AuditResult& result) {
  ResultCounts counts{.by_rule = std::vector<std::uint64_t>(result.rules.size()),
                      .undecided = std::vector<std::uint64_t>(result.rules.size()),
                      .suppressed = result.suppressed.size(),
                      .known = result.known.size(),
                      .sources = result.sources.size(),
                      .failed = result.verdict == Verdict::findings};
  for (const Finding& finding : result.findings) counts.add(finding);
  for (const UndecidedRule& entry : result.not_evaluated) {
    counts.undecided[entry.rule] += entry.count;
  }
  for (const SourceSummary& source : result.sources) {
    counts.nodes += source.nodes;
    counts.unreadable += source.error.empty() ? 0U : 1U;
    counts.incomplete += source.incomplete.empty() ? 0U : 1U;
  }
  return counts;
}

}  // namespace xsaudit
