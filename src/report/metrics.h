// Metrics for the textfile collector of Prometheus' node exporter, from the numbers of an audit or
// of a watch. Labels are only severities and ids of rules: with a label that it chooses a guest
// could fill the server with time series. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/result_counts.h"

namespace xsaudit {

// What a watch has counted since it started.
struct WatchCounts {
  std::vector<std::uint64_t> passed;  // by rule: findings that were there only between two changes
  std::uint64_t not_judged = 0;       // states between two changes
};

// `version`: of the tool that made the audit; `rules`: those of the audit.
std::string write_metrics(const std::string& version, const ResultCounts& counts,
                          const std::vector<RuleSummary>& rules);
std::string write_watch_metrics(const WatchCounts& counts, const std::vector<RuleSummary>& rules);

}  // namespace xsaudit
