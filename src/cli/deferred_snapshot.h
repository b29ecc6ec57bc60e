// A second look at the live store, some time after the first, from a program that by then is
// confined (confinement_choice.h) and can reach no store. A process of its own is started for it
// while that can still be done. It connects to the store, is confined like the program itself, and
// waits to be asked; then it records the store and what goes with it, hands the recording over and
// ends. It ends with the program that started it, asked or not. Used by one thread.
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
  // Before the first look, while there is one thread. `host` is null where nothing of the host goes
  // with the store.
  static Result<DeferredSnapshot> start(const LiveOptions& options,
                                        const ConfinementChoice& confinement, HostLooker* host);

  // What must stay open for take().
  std::vector<int> descriptors() const { return process_.descriptors(); }

  // Once. Waits for the recording.
  Result<Snapshot> take();

 private:
  explicit DeferredSnapshot(ChildProcess process) : process_(std::move(process)) {}

  // Unasked, it ends with its input. It answers with one letter, and then a recording or the text
  // of an error.
  ChildProcess process_;
};

}  // namespace xsaudit
