// Looking at what the store of this host speaks of outside of it, the processes of device models
// above all: what is found goes into the snapshot, as it would into a recording. A HostHelper does
// the looking, because whoever has read the store is confined. Used by one thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/host_helper.h"
#include "cli/live_store.h"
#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

class CommandLine;

struct HostProbe {
  std::string when = "auto";  // in domain 0; always, never

  // --host-facts
  void add_to(CommandLine& app);
  bool wanted() const;
};

// What goes with a look at the live store.
class HostLooker {
 public:
  // `privileged`: domains that may do everything, in addition to domain 0 and those that the store
  // names.
  // The schema must outlive it. Forks (host_helper.h).
  static Result<HostLooker> start(const Schema& schema, const LiveOptions& live,
                                  std::vector<Domid> privileged);

  // What must stay open for look().
  std::vector<int> descriptors() const { return helper_.descriptors(); }

  // What could not be found out is unknown, or a gap of the snapshot. `live` is where `store` was
  // read.
  void look(LiveStore& live, Snapshot& store);

 private:
  HostLooker(const Schema& schema, std::vector<Domid> privileged, HostHelper helper)
      : schema_(schema), privileged_(std::move(privileged)), helper_(std::move(helper)) {}

  const Schema& schema_;
  std::vector<Domid> privileged_;
  HostHelper helper_;
};

}  // namespace xsaudit
