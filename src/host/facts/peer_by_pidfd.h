// Who is connected to whom over Unix sockets, which /proc does not tell but the kernel's socket
// diagnosis does (sock_diag(7)). It covers the network namespace of the process that asks.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "host/facts/fact.h"
#include "host/facts/process.h"

namespace xsaudit {

struct UnixSocket {
  // What it is bound to, raw: a path, or a NUL byte and an abstract name; empty when to nothing. A
  // socket that a server accepted has the name of the one it listens on.
  std::string name;
  // The inode of its other end. Absent: not connected. Unknown: that end is not accepted yet.
  Fact<std::uint32_t> peer;
};

// By inode: the number in "socket:[11926]". One list of all is cheaper than a question a socket.
using UnixSocketTable = std::unordered_map<std::uint32_t, UnixSocket>;

// Unknown where the kernel does not answer, or lists more than kMaxUnixSockets.
Fact<UnixSocketTable> read_unix_sockets();

inline constexpr std::size_t kMaxUnixSockets = 1'000'000;

// Asking a Unix socket of another process what it is connected to, through a copy of its descriptor
// that is closed again at once (pidfd_getfd(2)): for kernels without the module that lists all
// sockets (unix_sockets.h). Nothing is read from the socket, or written to it. Stateless; any
// thread.

// What the other end of the socket `descriptor` of that process is bound to; empty when to nothing.
// Absent: it is not connected, or no Unix socket. Unknown where the kernel is older than Linux 5.6,
// where it may not be asked, or where it is no longer the socket that `descriptor` names.
Fact<std::string> peer_of_borrowed_socket(Pid pid, const Descriptor& descriptor);

}  // namespace xsaudit
