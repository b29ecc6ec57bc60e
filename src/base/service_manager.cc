#include "base/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/number_text.h"

namespace xsaudit {
namespace {

std::string_view variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// A path, or an abstract name after "@".
FileDescriptor connected_to(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool valid = name.size() > 1 && (name.front() == '/' || name.front() == '@') &&
                     name.size() < sizeof address.sun_path;
  if (!valid) return {};
  name.copy(address.sun_path, name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  FileDescriptor made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* const at = reinterpret_cast<const sockaddr*>(&address);
  if (!made.is_open() || ::connect(made.get(), at, size) != 0) return {};
  return made;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(connected_to(variable("NOTIFY_SOCKET"))) {
  const std::string_view process = variable("WATCHDOG_PID");
  if (!socket_.is_open() || (!process.empty() && process != std::to_string(::getpid()))) return;
  std::int64_t microseconds = 0;
  if (whole_number(variable("WATCHDOG_USEC"), microseconds) && microseconds > 0) {
    interval_ = std::chrono::microseconds(microseconds / 2);
  }
}

std::vector<int> ServiceManager::descriptors() const {
  return socket_.is_open() ? std::vector<int>{socket_.get()} : std::vector<int>();
}

void ServiceManager::say(std::string_view message) const {
  if (!socket_.is_open()) return;
  static_cast<void>(
      ::send(socket_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

}  // namespace xsaudit
