// A second reading of the live store, for a program that is confined by then (confinement_choice.h)
// and can no longer connect to the store. A process is started for it before the program is
// confined. It connects to the store, is confined like the program, and waits for the request; then
// it records the store with its host facts, sends the recording and ends. It ends with the program
// that started it, with or without a request. Used by one thread.
#pragma once

#include <utility>
#include <vector>

#include "base/child_process.h"
#include "base/error.h"
#include "cli/host_probe.h"
#include "cli/live_store.h"
#include "cli/options/confinement_choice.h"
#include "store/snapshot.h"

namespace xsaudit {

class DeferredSnapshot {
 public:
  // To be called before the first reading, while there is one thread. `host` is null without host
  // facts.
  static Result<DeferredSnapshot> start(const LiveOptions& options,
                                        const ConfinementChoice& confinement, HostProbe* host);

  // The descriptors that must stay open for take().
  std::vector<int> descriptors() const { return process_.descriptors(); }

  // The first reading has begun a transaction, as the second one will: the process closes the
  // connections that it does not need.
  void expect_transaction();

  // Requests the recording and waits for it. To be called once.
  Result<Snapshot> take();

 private:
  explicit DeferredSnapshot(ChildProcess process) : process_(std::move(process)) {}

  // A request is one letter. The process ends without one when its input is closed. It answers the
  // request for a recording with one letter, then a recording or the text of an error.
  ChildProcess process_;
};

}  // namespace xsaudit
