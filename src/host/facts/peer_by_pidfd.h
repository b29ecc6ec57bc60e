// The connections between Unix sockets, from the kernel's socket diagnosis (sock_diag(7)); /proc
// does not contain them. It covers the network namespace of the calling process.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "host/facts/fact.h"
#include "host/facts/process.h"

namespace xsaudit {

struct UnixSocket {
  // The raw name that it is bound to: a path, or a NUL byte and an abstract name; empty if it is
  // not bound. A socket that a server accepted has the name of the listening socket.
  std::string name;
  // The inode of its peer. Absent: not connected. Unknown: the peer is not accepted yet.
  Fact<std::uint32_t> peer;
};

// By inode: the number in "socket:[11926]". One list of all sockets is cheaper than a request for
// each.
using UnixSocketTable = std::unordered_map<std::uint32_t, UnixSocket>;

// Unknown if the kernel does not answer, or lists more than kMaxUnixSockets.
Fact<UnixSocketTable> read_unix_sockets();

inline constexpr std::size_t kMaxUnixSockets = 1'000'000;

// Finds the peer of a Unix socket of another process through a copy of its descriptor that is
// closed again at once (pidfd_getfd(2)): for kernels without the module that lists all sockets.
// Nothing is read from the socket or written to it. Stateless; any thread.

// The name that the peer of the socket `descriptor` of that process is bound to; empty if it is not
// bound. Absent: it is not connected, or not a Unix socket. Unknown if the kernel is older than
// Linux 5.6, if the caller lacks the right, or if `descriptor` is no longer the same socket.
Fact<std::string> peer_of_borrowed_socket(Pid pid, const Descriptor& descriptor);

}  // namespace xsaudit
