// The system calls that a confined process may make: compute, read and write open descriptors,
// start threads, wait, exit. All others fail with EPERM, among them every way to open anything, to
// create a socket, a process or executable memory, and to reach another process.
#pragma once

#include "base/error.h"

namespace xsaudit {

// Installs the filter for every thread of the process, permanently. `threads` is their number: a
// kernel that can filter only the calling thread (before Linux 3.17) is sufficient if it is 1. The
// caller has set no_new_privs. The error names what the kernel or the machine lacks.
Status install_seccomp_filter(std::size_t threads);

}  // namespace xsaudit
