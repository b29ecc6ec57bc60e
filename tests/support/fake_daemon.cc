#include "support/fake_daemon.h"

#include <poll.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include <array>

#include "source/live/wire_connection.h"
#include "store/path.h"
#include "support/unix_socket.h"

namespace xsaudit {
namespace {

std::string message_of(std::uint32_t type, std::uint32_t id, const std::string& payload) {
  const xsd_sockmsg header = {
      .type = type, .req_id = id, .tx_id = 0, .len = static_cast<std::uint32_t>(payload.size())};
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + payload;
}

xsd_sockmsg header_of(const std::string& message) {
  xsd_sockmsg header;
  std::memcpy(&header, message.data(), sizeof header);
  return header;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text + '\0';
  return out;
}

// As xenstored core.c send_directory_part: names that fit, and an empty one after the last.
std::string part_of(const std::string& names, std::size_t offset) {
  const std::string generation("1\0", 2);
  const std::size_t room = XENSTORE_PAYLOAD_MAX - generation.size() - 1;
  const std::string rest = names.substr(offset);
  if (rest.size() <= room) return generation + rest + '\0';
  return generation + rest.substr(0, rest.rfind('\0', room - 1) + 1);
}

}  // namespace

const std::vector<FakeDaemon::Fault>& FakeDaemon::faults() {
  static const std::vector<Fault> all = {
      Fault::closes,   Fault::closes_inside, Fault::stays_silent, Fault::stops_inside,
      Fault::garbage,  Fault::enormous,      Fault::empty,        Fault::unfinished,
      Fault::other_id, Fault::other_type,    Fault::twice,        Fault::out_of_order,
      Fault::refuses};
  return all;
}

FakeDaemon::FakeDaemon(const std::map<std::string, std::string>& values, Fault fault,
                       std::size_t at_request, std::string features)
    : fault_(fault),
      at_request_(at_request),
      features_(std::move(features)),
      listening_(listen_at(socket())) {
  nodes_["/"] = {"", {"n0"}, {}};
  for (const auto& [path, value] : values) {
    std::string parent = "/";
    for (const std::string_view name : path_names(path)) {
      const std::string child = join_path(parent, name);
      if (nodes_.count(child) == 0) {
        nodes_[child] = {"", {"n0", "r1"}, {}};
        nodes_[parent].children.emplace_back(name);
      }
      parent = child;
    }
    nodes_[path].value = value;
  }
  thread_ = std::thread([this] { run(); });
}

FakeDaemon::~FakeDaemon() {
  ended_ = true;
  thread_.join();
  ::close(listening_);
}

void FakeDaemon::run() {
  std::vector<Client> clients;
  while (!ended_) {
    std::vector<pollfd> waiting = {{listening_, POLLIN, 0}};
    for (const Client& client : clients) waiting.push_back({client.descriptor, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), 5) <= 0) continue;
    std::vector<Client> kept;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (waiting[i + 1].revents == 0 || serve(clients[i])) {
        kept.push_back(std::move(clients[i]));
      } else {
        ::close(clients[i].descriptor);
      }
    }
    clients = std::move(kept);
    if (waiting[0].revents != 0) {
      clients.push_back({::accept(listening_, nullptr, nullptr), {}, {}});
    }
  }
  for (const Client& client : clients) ::close(client.descriptor);
}

bool FakeDaemon::serve(Client& client) {
  std::array<char, 65536> room;
  const ssize_t count = ::recv(client.descriptor, room.data(), room.size(), 0);
  if (count <= 0) return false;
  client.asked.append(room.data(), static_cast<std::size_t>(count));
  while (client.asked.size() >= sizeof(xsd_sockmsg)) {
    const std::size_t size = sizeof(xsd_sockmsg) + header_of(client.asked).len;
    if (client.asked.size() < size) return true;
    const std::string message = client.asked.substr(0, size);
    client.asked.erase(0, size);
    if (!answer(client, message)) return false;
  }
  return true;
}

// False: the connection is closed.
bool FakeDaemon::answer(Client& client, const std::string& message) {
  if (silent_) return true;
  const xsd_sockmsg asked = header_of(message);
  std::string reply = reply_to(message);
  const std::string payload = reply.substr(sizeof asked);
  bool open = true;
  // Facts of the daemon besides the store, which come last.
  if (asked.type != XS_CONTROL) ++requests_;
  if (asked.type != XS_CONTROL && requests_ == at_request_) {
    switch (fault_) {
      case Fault::none: break;
      case Fault::closes: return false;
      case Fault::closes_inside:
        reply.resize(reply.size() - 1);
        open = false;
        break;
      case Fault::stays_silent: silent_ = true; return true;
      case Fault::stops_inside:
        reply.resize(reply.size() / 2);
        silent_ = true;
        break;
      case Fault::garbage: reply = std::string(64, '\xee'); break;
      case Fault::enormous:
        reply.replace(offsetof(xsd_sockmsg, len), sizeof asked.len, "\xff\xff\xff\x7f");
        break;
      case Fault::empty: reply = message_of(asked.type, asked.req_id, ""); break;
      case Fault::unfinished:
        reply = message_of(asked.type, asked.req_id,
                           payload.substr(0, payload.empty() ? 0 : payload.size() - 1));
        break;
      case Fault::other_id: reply = message_of(asked.type, asked.req_id + 1000, payload); break;
      case Fault::other_type:
        reply = message_of(asked.type == XS_READ ? XS_DIRECTORY : XS_READ, asked.req_id, payload);
        break;
      case Fault::twice: reply += reply; break;
      case Fault::out_of_order: client.held_back = reply; return true;
      case Fault::refuses:
        reply = message_of(XS_ERROR, asked.req_id, std::string("EIO\0", 4));
        break;
    }
  }
  send_all(client.descriptor, reply + std::exchange(client.held_back, {}));
  return open;
}

std::string FakeDaemon::reply_to(const std::string& message) const {
  const xsd_sockmsg asked = header_of(message);
  const std::string payload = message.substr(sizeof asked);
  const std::string path = payload.substr(0, payload.find('\0'));
  const auto reply = [&](const std::string& what) {
    return message_of(asked.type, asked.req_id, what);
  };
  const auto error = [&](const std::string& name) {
    return message_of(XS_ERROR, asked.req_id, name + '\0');
  };
  if (asked.type == XS_IS_DOMAIN_INTRODUCED) return reply(std::string("F\0", 2));
  if (asked.type == XS_TRANSACTION_START) return reply(std::string("7\0", 2));
  if (asked.type == XS_TRANSACTION_END) return reply(std::string("OK\0", 3));
  if (asked.type == kGetFeature && payload == std::string(1, '\0')) {
    return features_.empty() ? error("ENOSYS") : reply(features_ + '\0');
  }
  if (asked.type == XS_WATCH) {
    const std::string event = message_of(XS_WATCH_EVENT, 0, payload);
    return reply(std::string("OK\0", 3)) + event;
  }
  const auto node = nodes_.find(path);
  if (node == nodes_.end()) return error(path.front() == '@' ? "EINVAL" : "ENOENT");
  if (asked.type == XS_READ) return reply(node->second.value);
  if (asked.type == XS_DIRECTORY) {
    const std::string names = joined(node->second.children);
    return names.size() > XENSTORE_PAYLOAD_MAX ? error("E2BIG") : reply(names);
  }
  if (asked.type == XS_DIRECTORY_PART) {
    const std::size_t offset = std::stoul(payload.substr(path.size() + 1));
    return reply(part_of(joined(node->second.children), offset));
  }
  if (asked.type == XS_GET_PERMS) return reply(joined(node->second.permissions));
  return error("ENOSYS");
}

}  // namespace xsaudit
