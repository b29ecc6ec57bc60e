// The file of metrics that a watch renews, for the textfile collector of Prometheus' node exporter,
// and its option: --prometheus. A process of its own, which is started before the program is
// confined, replaces the file whole. Without the option nothing is written. Used by one thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "audit/store_watch.h"
#include "base/error.h"
#include "cli/helper_process.h"
#include "report/metrics.h"

namespace xsaudit {

class CommandLine;

class MetricsFile {
 public:
  using Clock = StoreWatch::Clock;
  // The file is replaced when the numbers have changed, but not more often than this.
  static constexpr auto kShortest = std::chrono::seconds(1);
  // It is replaced after this time in any case: an older file means that the watch does not run.
  static constexpr auto kLongest = std::chrono::seconds(60);

  void add_to(CommandLine& app);
  // Starts a process: to be called while there is one thread.
  Status open();
  std::vector<int> descriptors() const;

  void add(const StoreWatch::Report& report, const StoreWatch& watch);
  // Replaces the file if it is time to. The result is what a person should know: the first failure
  // after a success.
  std::optional<std::string> renew(const StoreWatch& watch, Clock::time_point now);

 private:
  std::string path_;
  std::optional<HelperProcess> writer_;  // nothing: no file is wanted, or its process is gone
  WatchCounts counts_;
  std::string written_;
  Clock::time_point next_{};    // not before
  Clock::time_point latest_{};  // then in any case
  bool failed_ = false;
};

}  // namespace xsaudit
