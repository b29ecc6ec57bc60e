#include "host/facts/hypercall_channels.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/system_io.h"

namespace xsaudit {
namespace {

// Linux include/uapi/xen/privcmd.h: struct privcmd_hypercall, IOCTL_PRIVCMD_HYPERCALL.
struct Hypercall {
  std::uint64_t operation = 0;
  std::array<std::uint64_t, 5> arguments = {};
};
constexpr unsigned long kHypercall = _IOC(_IOC_NONE, 'P', 0, sizeof(Hypercall));

// xen/include/public/xen.h: __HYPERVISOR_event_channel_op; event_channel.h: EVTCHNOP_status, struct
// evtchn_status.
constexpr std::uint64_t kEventChannelOperation = 32;
constexpr std::uint64_t kStatus = 5;
struct ChannelStatus {
  std::uint16_t domid = 0;
  std::uint32_t port = 0;
  std::uint32_t state = 0;
  std::uint32_t vcpu = 0;
  std::uint16_t peer = 0;  // of the states unbound and interdomain
  std::uint32_t peer_port = 0;
};
static_assert(sizeof(ChannelStatus) == 24);

constexpr std::array<std::string_view, 6> kStates = {"closed", "unbound", "interdomain",
                                                     "pirq",   "virq",    "ipi"};
bool has_peer(std::uint32_t state) { return state == 1 || state == 2; }

constexpr std::size_t kPage = 4096;  // enough for the structure, whatever the size of a page

// Memory that does not move while a hypercall uses it (xen.git tools/libs/call/linux.c): a page of
// the kernel's, or else one that is locked, and that no child process shares.
void* hypercall_page(const std::string& memory_device) {
  const FileDescriptor memory(open(memory_device.c_str(), O_RDWR | O_CLOEXEC));
  const int flags = memory.is_open() ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED;
  void* const page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, flags, memory.get(), 0);
  if (page == MAP_FAILED) return nullptr;
  madvise(page, kPage, MADV_DONTFORK);
  std::memset(page, 0, sizeof(ChannelStatus));
  return page;
}

}  // namespace

Result<HypercallChannels> HypercallChannels::open(const std::string& device,
                                                  const std::string& memory_device) {
  FileDescriptor opened(::open(device.c_str(), O_RDWR | O_CLOEXEC));
  if (!opened.is_open()) return system_error(device, "cannot open it", errno);
  void* const page = hypercall_page(memory_device);
  if (page == nullptr) return system_error(device, "no memory for hypercalls", errno);
  return HypercallChannels(std::move(opened), page);
}

HypercallChannels::HypercallChannels(HypercallChannels&& other) noexcept
    : device_(std::move(other.device_)), page_(std::exchange(other.page_, nullptr)) {}

HypercallChannels::~HypercallChannels() {
  if (page_ != nullptr) munmap(page_, kPage);
}

unsigned long HypercallChannels::request() { return kHypercall; }

EventChannel HypercallChannels::status(const EventChannelQuestion& question) {
  EventChannel channel{.domid = question.domid,
                       .port = question.port,
                       .state = Fact<std::string>::absent(),
                       .peer = Fact<Domid>::absent()};
  const Hypercall call{
      .operation = kEventChannelOperation,
      .arguments = {kStatus, reinterpret_cast<std::uintptr_t>(page_)},
  };
  // Xen answers EFAULT if the kernel has just taken away a page that is only locked.
  constexpr int kAttempts = 3;
  int error = EFAULT;
  for (int attempt = 0; attempt < kAttempts && error == EFAULT; ++attempt) {
    const ChannelStatus asked{.domid = static_cast<std::uint16_t>(question.domid),
                              .port = question.port};
    std::memcpy(page_, &asked, sizeof asked);
    error = ioctl(device_.get(), kHypercall, &call) == 0 ? 0 : errno;
  }
  // event_channel.c, evtchn_status: no such domain, or no such port.
  if (error == ESRCH || error == EINVAL) return channel;
  ChannelStatus answer;
  std::memcpy(&answer, page_, sizeof answer);
  if (error != 0 || answer.state >= kStates.size()) {
    channel.state = Fact<std::string>::unknown(
        error != 0 ? "Xen refuses the request (" + std::generic_category().message(error) + ")"
                   : "Xen answers with a state that is not known");
    channel.peer = Fact<Domid>::as_little_as(channel.state);
    return channel;
  }
  channel.state = std::string(kStates.at(answer.state));
  if (has_peer(answer.state)) channel.peer = Domid{answer.peer};
  return channel;
}

}  // namespace xsaudit
