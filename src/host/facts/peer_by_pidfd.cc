#include "host/facts/peer_by_pidfd.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "host/facts/proc_process.h"

namespace xsaudit {

namespace {

Fact<UnixSocketTable> failed(int error) {
  return Fact<UnixSocketTable>::unknown("the kernel does not list the Unix sockets (" +
                                        std::generic_category().message(error) + ")");
}

bool ask(int netlink) {
  struct {
    nlmsghdr header;
    unix_diag_req question;
  } request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.question.sdiag_family = AF_UNIX;
  request.question.udiag_states = ~0U;
  request.question.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER;
  return send(netlink, &request, sizeof request, 0) == static_cast<ssize_t>(sizeof request);
}

// The kernel returns a path with its final NUL byte, and an abstract name, which starts with a NUL
// byte, with its exact length.
std::string name_of(std::string_view address) {
  const bool is_path = !address.empty() && address.front() != '\0';
  return std::string(is_path ? address.substr(0, address.find('\0')) : address);
}

// One socket of an answer; `size` bytes from `message` on.
std::pair<std::uint32_t, UnixSocket> read_socket(const unix_diag_msg* message, std::size_t size) {
  UnixSocket socket{.name = {}, .peer = Fact<std::uint32_t>::absent()};
  const auto* attribute = reinterpret_cast<const rtattr*>(message + 1);
  auto left = static_cast<int>(size - NLMSG_ALIGN(sizeof *message));
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    const char* payload = static_cast<const char*>(RTA_DATA(attribute));
    const std::size_t payload_size = RTA_PAYLOAD(attribute);
    if (attribute->rta_type == UNIX_DIAG_NAME) socket.name = name_of({payload, payload_size});
    if (attribute->rta_type == UNIX_DIAG_PEER && payload_size == sizeof(std::uint32_t)) {
      std::uint32_t peer = 0;
      std::memcpy(&peer, payload, sizeof peer);
      socket.peer = peer != 0 ? Fact<std::uint32_t>(peer)
                              : Fact<std::uint32_t>::unknown("its other end is not accepted yet");
    }
  }
  return {message->udiag_ino, std::move(socket)};
}

Fact<UnixSocketTable> read_answers(int netlink) {
  UnixSocketTable table;
  std::vector<char> buffer(1 << 16);
  while (true) {
    const ssize_t got = recv(netlink, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed(got < 0 ? errno : EPIPE);
    auto left = static_cast<std::uint32_t>(got);
    const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return table;
      if (header->nlmsg_type == NLMSG_ERROR) {
        const auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(header));
        return failed(-error->error);
      }
      if (header->nlmsg_len < NLMSG_LENGTH(sizeof(unix_diag_msg))) return failed(EPROTO);
      table.insert(read_socket(static_cast<const unix_diag_msg*>(NLMSG_DATA(header)),
                               header->nlmsg_len - NLMSG_HDRLEN));
      if (table.size() > kMaxUnixSockets) return failed(E2BIG);
    }
  }
}

}  // namespace

Fact<UnixSocketTable> read_unix_sockets() {
  const FileDescriptor netlink(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!netlink.is_open()) return failed(errno);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(netlink.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return ask(netlink.get()) ? read_answers(netlink.get()) : failed(errno);
}

namespace {

using Peer = Fact<std::string>;

Peer no_peer(int error) {
  return Peer::unknown("its sockets cannot be asked (" + std::generic_category().message(error) +
                       ")");
}

// A copy of another process's descriptor; not open on failure, with errno set.
FileDescriptor borrow(Pid pid, std::uint32_t number) {
  const FileDescriptor process(
      static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
  if (!process.is_open()) return {};
  return FileDescriptor(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), number, 0)));
}

// unix(7): a path ends where it ends or with a NUL byte, an abstract name begins with one.
std::string name_of(const sockaddr_un& address, std::size_t size) {
  constexpr std::size_t kHead = offsetof(sockaddr_un, sun_path);
  if (size <= kHead) return {};
  const std::string name(address.sun_path, std::min(size - kHead, sizeof address.sun_path));
  return name.front() == '\0' ? name : name.substr(0, name.find('\0'));
}

}  // namespace

Fact<std::string> peer_of_borrowed_socket(Pid pid, const Descriptor& descriptor) {
  const FileDescriptor socket = borrow(pid, descriptor.number);
  if (!socket.is_open()) return no_peer(errno);
  // The number may belong to another file by now, or the pid to another process.
  struct stat status {};
  if (fstat(socket.get(), &status) != 0) return no_peer(errno);
  const auto inode = socket_inode(descriptor.target);
  if (!S_ISSOCK(status.st_mode) || !inode || status.st_ino != *inode) {
    return Peer::unknown("it was closed meanwhile");
  }
  int family = 0;
  socklen_t size = sizeof family;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) return no_peer(errno);
  if (family != AF_UNIX) return Peer::absent();
  sockaddr_un address{};
  size = sizeof address;
  if (getpeername(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return errno == ENOTCONN ? Peer::absent() : no_peer(errno);
  }
  return name_of(address, size);
}

}  // namespace xsaudit
