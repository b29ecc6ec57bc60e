// Collects the host facts that the live store refers to, about the processes of device models, the
// devices that the kernel serves and, if requested, the event channels of guests, and adds them to
// the snapshot as they would be in a recording. A HostHelper and an EventChannelHelper do the work,
// because the process that has read the store is confined. Used by one thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/host_questions.h"
#include "cli/event_channel_helper.h"
#include "cli/host_helper.h"
#include "cli/live_store.h"
#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

class CommandLine;

struct HostProbeOptions {
  std::string when = "auto";  // "auto" (in domain 0), "always" or "never"
  bool event_channels = false;

  // Adds --host-facts.
  void add_to(CommandLine& app);
  // Adds --event-channels.
  void add_event_channels_to(CommandLine& app);
  bool wanted() const;
};

// Collects host facts for a reading of the live store.
class HostProbe {
 public:
  // `privileged`: privileged domains in addition to domain 0 and those that the store names.
  static Result<HostProbe> start(const Schema& schema, const LiveOptions& live,
                                 std::vector<Domid> privileged, bool event_channels);

  // The descriptors that must stay open for collect().
  std::vector<int> descriptors() const;

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
  Fact<EventChannels> collect_channels(LiveStore& live, const Snapshot& store);
  void settle_channels(LiveStore& live, const Snapshot& store,
                       const std::vector<NamedEventChannel>& doubtful, EventChannels& channels);

  const Schema& schema_;
  std::vector<Domid> privileged_;
  HostHelper helper_;
  std::optional<EventChannelHelper> channel_helper_;  // empty: event channels were not requested
  Fact<KernelView> kernel_before_;
};

}  // namespace xsaudit
