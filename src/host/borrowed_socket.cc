#include "host/borrowed_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "host/proc_process.h"

namespace xsaudit {
namespace {

using Peer = Fact<std::string>;

Peer failed(int error) {
  return Peer::unknown("its sockets cannot be asked (" + std::generic_category().message(error) +
                       ")");
}

// A copy of another process's descriptor.
class Borrowed {
 public:
  Borrowed(Pid pid, std::uint32_t number) {
    const auto process = static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0));
    if (process < 0) return;
    descriptor_ = static_cast<int>(syscall(SYS_pidfd_getfd, process, number, 0));
    const int error = errno;
    close(process);
    errno = error;
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

// unix(7): a path ends where it ends or with a NUL byte, an abstract name begins with one.
std::string name_of(const sockaddr_un& address, std::size_t size) {
  constexpr std::size_t kHead = offsetof(sockaddr_un, sun_path);
  if (size <= kHead) return {};
  const std::string name(address.sun_path, std::min(size - kHead, sizeof address.sun_path));
  return name.front() == '\0' ? name : name.substr(0, name.find('\0'));
}

}  // namespace

Fact<std::string> peer_of_borrowed_socket(Pid pid, const Descriptor& descriptor) {
  const Borrowed socket(pid, descriptor.number);
  if (socket.get() < 0) return failed(errno);
  // The number may be another file's by now, or the pid another process's.
  struct stat status {};
  if (fstat(socket.get(), &status) != 0) return failed(errno);
  const auto inode = socket_inode(descriptor.target);
  if (!S_ISSOCK(status.st_mode) || !inode || status.st_ino != *inode) {
    return Peer::unknown("it was closed meanwhile");
  }
  int family = 0;
  socklen_t size = sizeof family;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) return failed(errno);
  if (family != AF_UNIX) return Peer::absent();
  sockaddr_un address{};
  size = sizeof address;
  if (getpeername(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return errno == ENOTCONN ? Peer::absent() : failed(errno);
  }
  return name_of(address, size);
}

}  // namespace xsaudit
