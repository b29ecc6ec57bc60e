// Who is connected to whom over Unix sockets, which /proc does not tell but the kernel's socket
// diagnosis does (sock_diag(7)). It covers the network namespace of the process that asks.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "host/fact.h"

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

}  // namespace xsaudit
