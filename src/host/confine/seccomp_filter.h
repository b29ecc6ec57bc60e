// The system calls that a confined process still has: compute, read and write what is already open,
// start threads, wait, end. All others fail with EPERM, among them every way to open anything, to
// make a socket, a process or executable memory, and to reach another process.
#pragma once

#include "base/error.h"

namespace xsaudit {

// Installs the filter for every thread of the process, for good. `threads` is how many there are: a
// kernel that can filter the calling thread alone (before Linux 3.17) does only where that is 1.
// The caller has set no_new_privs. The error says what the kernel or the machine lacks.
Status install_seccomp_filter(std::size_t threads);

}  // namespace xsaudit
