// The wire over the kernel's xenbus device, played by a thread that takes what is written and makes
// up replies as Linux 4.9 drivers/xen/xenbus/xenbus_dev_frontend.c does.
#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include "source/live/change_watcher.h"
#include "source/live/wire_connection.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;

// One write is one packet of this socket, so that it is seen whether each is one message.
class PlayedDevice {
 public:
  PlayedDevice() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends_) == 0);
    kernel_ = std::thread([this] { run(); });
  }
  ~PlayedDevice() {
    ::shutdown(ends_[0], SHUT_RDWR);
    kernel_.join();
    ::close(ends_[0]);
  }

  WireConnection connection() { return WireConnection::over_device(FileDescriptor(ends_[1])); }
  std::size_t longer_writes() const { return longer_writes_; }
  std::size_t overwritten() const { return overwritten_; }

 private:
  void reply(const xsd_sockmsg& request, std::uint32_t type, std::uint32_t id,
             const std::string& payload) {
    xsd_sockmsg head = request;
    head.type = type;
    head.req_id = id;
    head.len = static_cast<std::uint32_t>(payload.size());
    std::string message(reinterpret_cast<const char*>(&head), sizeof head);
    message += payload;
    static_cast<void>(::send(ends_[0], message.data(), message.size(), MSG_NOSIGNAL));
  }

  void answer(const std::string& written) {
    xsd_sockmsg head;
    std::memcpy(&head, written.data(), sizeof head);
    if (written.size() > sizeof head + head.len) ++longer_writes_;
    const std::string payload = written.substr(sizeof head, head.len);
    if (head.type != XS_WATCH && head.type != XS_UNWATCH) {
      return reply(head, head.type, head.req_id, "value of " + payload);
    }
    reply(head, head.type, 0, std::string("OK", 3));
    if (head.type == XS_WATCH) reply(head, XS_WATCH_EVENT, 0, payload);
  }

  void run() {
    std::vector<char> room(std::size_t{64} * 1024);
    pollfd waiting{ends_[0], POLLIN, 0};
    while (::poll(&waiting, 1, -1) >= 0) {
      const ssize_t count = ::recv(ends_[0], room.data(), room.size(), 0);
      if (count <= 0) return;
      // A request that comes before the reply overwrites this one.
      waiting.revents = 0;
      if (::poll(&waiting, 1, 5) > 0 && (waiting.revents & POLLHUP) == 0) ++overwritten_;
      answer(std::string(room.data(), static_cast<std::size_t>(count)));
    }
  }

  int ends_[2] = {-1, -1};
  std::thread kernel_;
  std::atomic<std::size_t> longer_writes_ = 0;
  std::atomic<std::size_t> overwritten_ = 0;
};

}  // namespace

TEST_CASE("a device gets one message a write, and the next one after the reply") {
  PlayedDevice device;
  auto connection = device.connection();
  std::map<std::uint32_t, std::string> replies;
  for (std::uint32_t id = 1; id <= 40; ++id) {
    connection.send(XS_READ, id, 0, with_zero("/node" + std::to_string(id)));
  }
  for (int turn = 0; turn < 4000 && replies.size() < 40 && !connection.lost(); ++turn) {
    connection.flush();
    pollfd waiting{connection.descriptor(), POLLIN, 0};
    ::poll(&waiting, 1, 1000);
    connection.receive();
    for (WireMessage message; connection.next(message);) {
      replies[message.request_id] = std::string(message.payload);
    }
  }
  CHECK(connection.problem() == "");
  REQUIRE(replies.size() == 40);
  for (const auto& [id, payload] : replies) {
    CHECK(payload == "value of " + with_zero("/node" + std::to_string(id)));
  }
  CHECK_FALSE(connection.has_unsent());
  CHECK(device.longer_writes() == 0);
  CHECK(device.overwritten() == 0);
}

TEST_CASE("the store is watched through a device, whose replies have no request id") {
  PlayedDevice device;
  const auto deadline = std::chrono::steady_clock::now() + 1min;
  const auto watcher = ChangeWatcher::start(device.connection(), {});
  REQUIRE(watcher);
  const Status watching = (*watcher)->watch(Watched::everything, deadline);
  CHECK(watching.ok());
  CHECK((*watcher)->changes(deadline));
  (*watcher)->unwatch(deadline);
  CHECK((*watcher)->watch(Watched::domains, deadline).ok());
  CHECK(device.longer_writes() == 0);
  CHECK(device.overwritten() == 0);
}

}  // namespace xsaudit
