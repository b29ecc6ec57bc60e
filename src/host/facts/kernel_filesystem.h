// Reads the facts of kernel_view.h from sysfs and procfs of domain 0, in one pass. Every read is
// bounded. A device that is removed while it is read is left out, and one that takes its place is
// not mixed with it; if the list of devices changes at every attempt, it is unknown. Stateless;
// used by one thread at a time.
#pragma once

#include <cstddef>
#include <string>

#include "host/facts/kernel_view.h"

namespace xsaudit {

// `root` is "/" except in tests. Unknown in any domain but domain 0: the backends of the store's
// domain 0 are those of its kernel alone.
Fact<KernelView> read_kernel_view(const std::string& root = "/");

// Lists beyond these limits are unknown.
inline constexpr std::size_t kMaxKernelDevices = 16'384;
inline constexpr std::size_t kMaxMounts = 256;  // of one disk

}  // namespace xsaudit
