// The live store of this host, walked once, and the options that say how. Used by one thread.
#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <string>

#include "schema/schema.h"
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

// The daemon only tells of a domain that is asked for by number whether it is introduced; the
// schema knows where a store names domains.
Result<Snapshot> read_live_store(const Schema& schema, const LiveOptions& options);

}  // namespace xsaudit
