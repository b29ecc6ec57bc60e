// Unix sockets for tests; each function throws std::runtime_error where it fails.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace xsaudit {

inline void require_socket(bool done, const std::string& what) {
  if (!done) throw std::runtime_error(what + ": " + std::strerror(errno));
}

inline sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

inline int listen_at(const std::string& path, int waiting = 64) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = unix_address(path);
  require_socket(
      ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
      "bind " + path);
  require_socket(::listen(descriptor, waiting) == 0, "listen " + path);
  return descriptor;
}

inline int connect_to(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = unix_address(path);
  require_socket(
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
      "connect " + path);
  return descriptor;
}

inline void send_all(int descriptor, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count =
        ::send(descriptor, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;  // the other side has gone
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace xsaudit
