// Asking a Unix socket of another process what it is connected to, through a copy of its descriptor
// that is closed again at once (pidfd_getfd(2)): for kernels without the module that lists all
// sockets (unix_sockets.h). Nothing is read from the socket, or written to it. Stateless; any
// thread.
#pragma once

#include <string>

#include "host/fact.h"
#include "host/process.h"

namespace xsaudit {

// What the other end of the socket `descriptor` of that process is bound to; empty when to nothing.
// Absent: it is not connected, or no Unix socket. Unknown where the kernel is older than Linux 5.6,
// where it may not be asked, or where it is no longer the socket that `descriptor` names.
Fact<std::string> peer_of_borrowed_socket(Pid pid, const Descriptor& descriptor);

}  // namespace xsaudit
