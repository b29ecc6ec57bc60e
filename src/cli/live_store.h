// The live store of this host, walked once, and the options that say how. Used by one thread.
#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/progress.h"
#include "source/live_source.h"
#include "store/snapshot.h"

namespace xsaudit {

struct LiveOptions {
  std::string reader = "auto";
  std::string pace = "default";
  unsigned int timeout = 300;  // seconds
  WalkLimits limits;

  // --reader, --pace, --timeout, --max-nodes, --max-bytes
  void add_to(CLI::App& app);
};

// Reads bytes and interprets none but the names and the permissions that lead through the store.
// The way there is closed when it returns.
Result<Snapshot> read_live_store(const LiveOptions& options, Progress& progress);

// What a few nodes hold now; empty where that cannot be read.
std::vector<std::string> read_values(const LiveOptions& options,
                                     const std::vector<std::string>& paths);

}  // namespace xsaudit
