#include "support/recording_proxy.h"

#include <poll.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include <algorithm>
#include <array>

#include "source/live/wire_connection.h"
#include "support/unix_socket.h"

namespace xsaudit {
namespace {

// Takes the first whole message off the bytes.
bool take_message(std::string& bytes, std::string& message) {
  xsd_sockmsg header;
  if (bytes.size() < sizeof header) return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (bytes.size() - sizeof header < header.len) return false;
  message = bytes.substr(0, sizeof header + header.len);
  bytes.erase(0, message.size());
  return true;
}

// "quota", with a domid or without, "quota-soft" and "watches": a further word would set something.
bool only_shows(const std::string& payload) {
  const std::size_t end = payload.find('\0');
  if (end == std::string::npos) return false;
  const std::string word = payload.substr(0, end);
  const std::string rest = payload.substr(end + 1);
  if (rest.empty()) return word == "quota" || word == "quota-soft" || word == "watches";
  return word == "quota" && rest.find_first_not_of("0123456789") == rest.size() - 1 &&
         rest.back() == '\0';
}

bool harmless(std::uint32_t type, const std::string& payload) {
  switch (type) {
    case XS_DIRECTORY:
    case XS_DIRECTORY_PART:
    case XS_READ:
    case XS_GET_PERMS:
    case XS_IS_DOMAIN_INTRODUCED:
    case XS_GET_DOMAIN_PATH:
    case kGetQuota:
    case XS_WATCH:
    case XS_UNWATCH:
    case XS_TRANSACTION_START: return true;
    case kGetFeature: return payload == std::string(1, '\0');
    case XS_TRANSACTION_END: return payload == std::string("F\0", 2);
    case XS_CONTROL: return only_shows(payload);
    default: return false;
  }
}

}  // namespace

RecordingProxy::RecordingProxy(const std::string& socket, std::string daemon)
    : daemon_(std::move(daemon)), listening_(listen_at(socket)), thread_([this] { run(); }) {}

RecordingProxy::~RecordingProxy() {
  ended_ = true;
  thread_.join();
  ::close(listening_);
}

void RecordingProxy::run() {
  std::vector<Client> clients;
  while (!ended_) {
    std::vector<pollfd> waiting = {{listening_, POLLIN, 0}};
    for (const Client& client : clients) {
      waiting.push_back({client.client, POLLIN, 0});
      waiting.push_back({client.daemon, POLLIN, 0});
    }
    if (::poll(waiting.data(), waiting.size(), 20) <= 0) continue;
    std::vector<Client> kept;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const bool asks = waiting[1 + 2 * i].revents != 0;
      const bool answers = waiting[2 + 2 * i].revents != 0;
      if ((answers && !pass(clients[i], false)) || (asks && !pass(clients[i], true))) {
        ::close(clients[i].client);
        ::close(clients[i].daemon);
      } else {
        kept.push_back(std::move(clients[i]));
      }
    }
    clients = std::move(kept);
    if (waiting[0].revents == 0) continue;
    const int client = ::accept(listening_, nullptr, nullptr);
    clients.push_back({client, connect_to(daemon_), {}, {}});
    const std::lock_guard lock(mutex_);
    ++connections_;
  }
  for (const Client& client : clients) {
    ::close(client.client);
    ::close(client.daemon);
  }
}

bool RecordingProxy::pass(Client& client, bool from_client) {
  std::array<char, 65536> room;
  const ssize_t count =
      ::recv(from_client ? client.client : client.daemon, room.data(), room.size(), 0);
  if (count <= 0) return false;
  const std::string bytes(room.data(), static_cast<std::size_t>(count));
  std::string& rest = from_client ? client.asked : client.answered;
  rest += bytes;
  std::string message;
  while (take_message(rest, message)) {
    xsd_sockmsg header;
    std::memcpy(&header, message.data(), sizeof header);
    const std::lock_guard lock(mutex_);
    if (from_client) {
      note(message);
      most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
    } else if (header.type != XS_WATCH_EVENT) {
      --in_flight_;
    }
  }
  send_all(from_client ? client.daemon : client.client, bytes);
  return true;
}

void RecordingProxy::note(const std::string& message) {
  xsd_sockmsg header;
  std::memcpy(&header, message.data(), sizeof header);
  const std::string payload = message.substr(sizeof header);
  ++requests_[header.type];
  if (!harmless(header.type, payload)) {
    harmful_.push_back("type " + std::to_string(header.type) + ": " + payload);
  }
}

std::map<std::uint32_t, std::size_t> RecordingProxy::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}
std::vector<std::string> RecordingProxy::harmful() const {
  const std::lock_guard lock(mutex_);
  return harmful_;
}
std::size_t RecordingProxy::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}
std::size_t RecordingProxy::most_in_flight() const {
  const std::lock_guard lock(mutex_);
  return most_in_flight_;
}

}  // namespace xsaudit
