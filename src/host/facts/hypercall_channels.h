// Reads the states of event channels from Xen: EVTCHNOP_status, a hypercall whose form is the same
// in every Xen, through the kernel's device for hypercalls. It needs no library and is the same on
// x86-64 and on Arm.
//
// That device can do anything to the host. The process that has it open must be confined to this
// one request (ConfinementOptions::device_call) before it sees a byte from outside. Used by one
// thread.
#pragma once

#include <string>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "host/facts/event_channel.h"

namespace xsaudit {

class HypercallChannels final : public EventChannelSource {
 public:
  // The device for hypercalls, and the one for memory that hypercalls use, which came with Linux
  // 4.18. The error has the system's reason.
  static Result<HypercallChannels> open(const std::string& device = "/dev/xen/privcmd",
                                        const std::string& memory_device = "/dev/xen/hypercall");
  HypercallChannels(HypercallChannels&& other) noexcept;
  HypercallChannels& operator=(HypercallChannels&&) = delete;
  ~HypercallChannels() override;

  EventChannel status(const EventChannelQuestion& question) override;

  // The only call that status() makes: this request on this descriptor.
  int descriptor() const { return device_.get(); }
  static unsigned long request();

 private:
  HypercallChannels(FileDescriptor device, void* page) : device_(std::move(device)), page_(page) {}

  FileDescriptor device_;
  void* page_;  // stays in memory, for the structure that Xen reads and writes
};

}  // namespace xsaudit
