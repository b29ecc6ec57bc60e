#include "host/confine/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace xsaudit {
namespace {

using Halves = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

std::uint64_t join(std::uint32_t low, std::uint32_t high) {
  return std::uint64_t{high} << 32U | low;
}

}  // namespace

Fact<Capabilities> own_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Halves halves{};
  if (syscall(SYS_capget, &header, halves.data()) != 0) {
    return Fact<Capabilities>::unknown("the kernel does not report them (" +
                                       std::generic_category().message(errno) + ")");
  }
  Capabilities own{.inheritable = join(halves[0].inheritable, halves[1].inheritable),
                   .permitted = join(halves[0].permitted, halves[1].permitted),
                   .effective = join(halves[0].effective, halves[1].effective)};
  for (unsigned long capability = 0; capability < 64; ++capability) {
    const std::uint64_t bit = std::uint64_t{1} << capability;
    // Both return -1 for a capability that the kernel does not know, and 1 for one in the set.
    if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1) own.bounding |= bit;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 1) own.ambient |= bit;
  }
  return own;
}

void empty_bounding_set() {
  for (unsigned long capability = 0; capability < 64; ++capability) {
    if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1) {
      prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    }
  }
}

void drop_capabilities() {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0,
        0);  // there is no such set before Linux 4.3
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const Halves none{};
  syscall(SYS_capset, &header, none.data());
}

}  // namespace xsaudit
