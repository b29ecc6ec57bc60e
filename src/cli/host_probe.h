// Collects the host facts that the live store refers to, about the processes of device models and
// the devices that the kernel serves, and adds them to the snapshot as they would be in a
// recording. A HostHelper does the work, because the process that has read the store is confined.
// Used by one thread.
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

struct HostProbeOptions {
  std::string when = "auto";  // "auto" (in domain 0), "always" or "never"

  // Adds --host-facts.
  void add_to(CommandLine& app);
  bool wanted() const;
};

// Collects host facts for a reading of the live store.
class HostProbe {
 public:
  // `privileged`: privileged domains in addition to domain 0 and those that the store names.
  static Result<HostProbe> start(const Schema& schema, const LiveOptions& live,
                                 std::vector<Domid> privileged);

  // The descriptors that must stay open for collect().
  std::vector<int> descriptors() const { return helper_.descriptors(); }

  // To be called before the store is read: a device that the kernel adds, removes or changes until
  // collect() is not compared with the store.
  void begin();

  // Adds the host facts to `store`. A fact that could not be collected is unknown, or a gap of the
  // snapshot. `live` is the store that `store` was read from.
  void collect(LiveStore& live, Snapshot& store);

 private:
  HostProbe(const Schema& schema, std::vector<Domid> privileged, HostHelper helper)
      : schema_(schema), privileged_(std::move(privileged)), helper_(std::move(helper)) {}

  void settle_kernel(const Snapshot& store, Fact<KernelView>& kernel);

  const Schema& schema_;
  std::vector<Domid> privileged_;
  HostHelper helper_;
  Fact<KernelView> kernel_before_;
};

}  // namespace xsaudit
