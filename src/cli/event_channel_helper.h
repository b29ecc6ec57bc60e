// A process that reads the states of event channels from Xen for a confined program
// (helper_process.h). It opens the device for hypercalls and is then confined to that one request,
// always: without the confinement it answers that the channels are not known. A request contains
// nothing but numbers. Used by one thread.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/helper_process.h"
#include "host/facts/event_channel.h"

namespace xsaudit {

class EventChannelHelper {
 public:
  // Forks, so there must be one thread. `patience` is the time limit for one answer.
  static Result<EventChannelHelper> start(std::chrono::seconds patience);

  // The descriptors that must stay open for ask().
  std::vector<int> descriptors() const { return process_.descriptors(); }

  // Unknown if Xen cannot be asked, or the answer is late or incomplete.
  Fact<EventChannels> ask(const std::vector<EventChannelQuestion>& questions);

 private:
  explicit EventChannelHelper(HelperProcess process) : process_(std::move(process)) {}

  HelperProcess process_;
};

}  // namespace xsaudit
