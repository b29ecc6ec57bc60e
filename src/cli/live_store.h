// The live store of this host, in two steps around the confinement of the program
// (confinement_choice.h): connecting, then reading. Also the options for both. Used by one thread.
#pragma once

#include <cstddef>
#include <functional>
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

  // Adds --transport, --pace, --timeout, --max-nodes and --max-bytes.
  void add_to(CommandLine& app);
};

class LiveStore {
 public:
  // Sends no request to the daemon yet, so the connection may stay idle. The process that watches
  // the store is confined at once.
  static Result<LiveStore> connect(const LiveOptions& options,
                                   const ConfinementChoice& confinement);

  // Reads the store once. --timeout begins now. Only the names of nodes and the permissions on the
  // way are interpreted. `on_transaction` is called when a transaction has begun, if it does.
  Result<Snapshot> read(Progress& progress, const std::function<void()>& on_transaction = {});
  // The store will be read in a transaction: closes the connections that it does not use.
  void expect_transaction() { reader_->keep_one_connection(); }
  // For a command that does not read the store once but follows it.
  StoreReader& reader() { return *reader_; }
  // The present values of some nodes; empty if they cannot be read.
  std::vector<std::string> read_values(const std::vector<std::string>& paths);

 private:
  LiveStore(const LiveOptions& options, std::unique_ptr<StoreReader> reader)
      : options_(options), reader_(std::move(reader)) {}

  LiveOptions options_;
  std::unique_ptr<StoreReader> reader_;
};

}  // namespace xsaudit
