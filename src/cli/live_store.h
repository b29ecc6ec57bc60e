// The live store of this host, in two steps around the confinement of the program
// (confinement_choice.h): it is connected to in the first and read in the second. Also the options
// that say how. Used by one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/options/confinement_choice.h"
#include "cli/progress.h"
#include "source/live/live_source.h"
#include "source/live/store_reader.h"
#include "store/snapshot.h"

namespace xsaudit {

class CommandLine;

struct LiveOptions {
  std::string transport = "auto";
  std::string pace = "default";
  unsigned int timeout = 300;  // seconds
  WalkLimits limits;

  // --transport, --pace, --timeout, --max-nodes, --max-bytes
  void add_to(CommandLine& app);
};

class LiveStore {
 public:
  // Nothing is asked of the daemon yet, so that the connection may wait as long as it likes.
  // The process that watches the store is confined at once.
  static Result<LiveStore> connect(const LiveOptions& options,
                                   const ConfinementChoice& confinement);

  // --timeout is for what is read from now on. Reads bytes and interprets none but the names and
  // the permissions that lead through the store. Once.
  Result<Snapshot> read(Progress& progress);
  // What a few nodes hold now; empty where that cannot be read.
  std::vector<std::string> read_values(const std::vector<std::string>& paths);

 private:
  LiveStore(const LiveOptions& options, std::unique_ptr<StoreReader> reader)
      : options_(options), reader_(std::move(reader)) {}

  LiveOptions options_;
  std::unique_ptr<StoreReader> reader_;
};

}  // namespace xsaudit
