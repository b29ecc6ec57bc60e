// The system calls that a confined process may make: compute, read and write open descriptors,
// start threads, wait, exit. All others fail with EPERM, among them every way to open anything, to
// create a socket, a process or executable memory, and to reach another process.
//
// A process that keeps the files of a directory may also make new files, relative to its
// descriptor, and remove files. A filter does not see names: one that begins with '/' is not
// relative, so the process must not use names that come from elsewhere.
#pragma once

#include <cstddef>
#include <optional>

#include "base/error.h"

namespace xsaudit {

// One request (ioctl) on one open device.
struct DeviceCall {
  int descriptor = -1;
  unsigned long request = 0;
};

// Installs the filter for every thread of the process, permanently. `threads` is their number: a
// kernel that can filter only the calling thread (before Linux 3.17) is sufficient if it is 1. The
// caller has set no_new_privs. `device_call` is allowed as well, and the calls for the files of
// `directory`, a descriptor, unless it is -1. The error names what the kernel or the machine lacks.
Status install_seccomp_filter(std::size_t threads,
                              const std::optional<DeviceCall>& device_call = {},
                              int directory = -1);

}  // namespace xsaudit
