// A second look at the live store, some time after the first, from a program that by then is
// confined (confinement_choice.h) and can reach no store. A process of its own is started for it
// while that can still be done. It connects to the store, is confined like the program itself, and
// waits to be asked; then it records the store and what goes with it, hands the recording over and
// ends. It ends with the program that started it, asked or not. Used by one thread.
#pragma once

#include <vector>

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
  DeferredSnapshot(DeferredSnapshot&& other) noexcept;
  DeferredSnapshot& operator=(DeferredSnapshot&&) = delete;
  ~DeferredSnapshot();

  // What must stay open for take().
  std::vector<int> descriptors() const { return {ask_, answer_}; }

  // Once. Waits for the recording.
  Result<Snapshot> take();

 private:
  DeferredSnapshot(int ask, int answer) : ask_(ask), answer_(answer) {}

  int ask_;     // closed unasked, it says that no look is wanted
  int answer_;  // one letter, then a recording or the text of an error
};

}  // namespace xsaudit
