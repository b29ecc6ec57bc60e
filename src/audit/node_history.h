// The answer of `xsaudit history`: what a log of the daemon contains about some nodes and the nodes
// below them. Owns all its data; values that the schema calls secrets are removed. A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/schema.h"
#include "source/log/access_log.h"

namespace xsaudit {

struct HistoryEvent {
  LogEvent event;
  std::string place;    // file and line, safe to print
  bool secret = false;  // the value is a secret and was removed
};

struct NodeHistory {
  std::string path;
  std::vector<HistoryEvent> events;  // the newest kMostEvents, in their order
  std::uint64_t left_out = 0;        // older ones
  static constexpr std::size_t kMostEvents = 10'000;
};

struct HistoryReport {
  std::string version;  // of the tool
  std::vector<AccessLog::File> files;
  std::uint64_t lines = 0;
  std::string begins;  // times, as the log has them; empty for a log without lines
  std::string ends;
  bool forgeable = false;
  std::vector<std::string> gaps;  // safe to print
  std::vector<NodeHistory> nodes;
};

// For valid `paths`.
HistoryReport report_history(const Schema& schema, const AccessLog& log,
                             const std::vector<std::string>& paths, bool show_secrets);

}  // namespace xsaudit
