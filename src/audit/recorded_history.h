// The answer of `xsaudit history` for a flight recording: what happened to some nodes and the nodes
// below them. Owns all its data; values that the schema calls secrets are removed. A plain value.
#pragma once

#include <string>

#include "schema/schema.h"
#include "source/recorder/recorder_folder.h"

namespace xsaudit {

struct RecordedHistory {
  std::string version;    // of the tool
  std::string recording;  // its name
  RecorderFolder::History history;
  // The newest events of each node that are kept.
  static constexpr std::size_t kMostEvents = 10'000;
};

RecordedHistory report_recorded(const Schema& schema, std::string recording,
                                RecorderFolder::History history, bool show_secrets);

}  // namespace xsaudit
