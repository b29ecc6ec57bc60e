#include "support/guest_connection.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace xsaudit {
namespace {

using std::chrono::steady_clock;
constexpr std::size_t kPageBytes = 4096;

void require(bool true_for_all, const char* what) {
  if (!true_for_all) throw std::runtime_error(what);
}

// Waits until the daemon has moved an index; most waits are a few microseconds.
template <typename Ready>
void wait_for(const Ready& ready) {
  for (int spin = 0; spin < 200; ++spin) {
    if (ready()) return;
    std::this_thread::yield();
  }
  const auto deadline = steady_clock::now() + std::chrono::seconds(10);
  while (!ready()) {
    require(steady_clock::now() < deadline, "the daemon does not answer a guest");
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
}

}  // namespace

GuestConnection::GuestConnection(const RunningDaemon& daemon, XenstoreClient& control, Domid domid)
    : domid_(domid), port_(RunningDaemon::port(domid)) {
  const std::string path = daemon.make_ring(domid);
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  require(file >= 0, "cannot open a ring");
  void* const page = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  require(page != MAP_FAILED, "cannot map a ring");
  ring_ = static_cast<volatile xenstore_domain_interface*>(page);
  events_ = ::open(daemon.events().c_str(), O_WRONLY | O_CLOEXEC);
  require(events_ >= 0, "cannot open the pipe of events");
  control.introduce(domid);
}

GuestConnection::~GuestConnection() {
  ::munmap(const_cast<xenstore_domain_interface*>(ring_), kPageBytes);
  ::close(events_);
}

void GuestConnection::wake_daemon() const {
  require(::write(events_, &port_, sizeof port_) == sizeof port_, "cannot wake the daemon");
}

void GuestConnection::put(const char* bytes, std::size_t size) {
  while (size > 0) {
    wait_for([&] { return ring_->req_prod - ring_->req_cons < XENSTORE_RING_SIZE; });
    const std::uint32_t produced = ring_->req_prod;
    const std::size_t room = XENSTORE_RING_SIZE - (produced - ring_->req_cons);
    const std::size_t count = std::min(size, room);
    for (std::size_t i = 0; i < count; ++i) ring_->req[MASK_XENSTORE_IDX(produced + i)] = bytes[i];
    std::atomic_thread_fence(std::memory_order_seq_cst);
    ring_->req_prod = produced + static_cast<std::uint32_t>(count);
    wake_daemon();
    bytes += count;
    size -= count;
  }
}

void GuestConnection::take(char* bytes, std::size_t size) {
  while (size > 0) {
    wait_for([&] { return ring_->rsp_prod != ring_->rsp_cons; });
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const std::uint32_t consumed = ring_->rsp_cons;
    const std::size_t count = std::min<std::size_t>(size, ring_->rsp_prod - consumed);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = ring_->rsp[MASK_XENSTORE_IDX(consumed + i)];
    std::atomic_thread_fence(std::memory_order_seq_cst);
    ring_->rsp_cons = consumed + static_cast<std::uint32_t>(count);
    if (size > count) wake_daemon();  // it may wait for room
    bytes += count;
    size -= count;
  }
}

GuestConnection::Reply GuestConnection::request(std::uint32_t type, const std::string& payload) {
  xsd_sockmsg header = {.type = type,
                        .req_id = ++request_id_,
                        .tx_id = transaction_,
                        .len = static_cast<std::uint32_t>(payload.size())};
  put(reinterpret_cast<const char*>(&header), sizeof header);
  put(payload.data(), payload.size());
  take(reinterpret_cast<char*>(&header), sizeof header);
  while (header.type == XS_WATCH_EVENT) {
    std::string event(header.len, '\0');
    take(event.data(), event.size());
    take(reinterpret_cast<char*>(&header), sizeof header);
  }
  require(header.req_id == request_id_ && header.len <= XENSTORE_PAYLOAD_MAX,
          "the daemon's answer belongs to no request");
  std::string answer(header.len, '\0');
  take(answer.data(), answer.size());
  if (header.type != XS_ERROR) return {.error = {}, .payload = std::move(answer)};
  return {.error = answer.substr(0, answer.find('\0')), .payload = {}};
}

GuestConnection::Reply GuestConnection::read(const std::string& path) {
  return request(XS_READ, path + '\0');
}
GuestConnection::Reply GuestConnection::list(const std::string& path) {
  return request(XS_DIRECTORY, path + '\0');
}
GuestConnection::Reply GuestConnection::write(const std::string& path, const std::string& value) {
  return request(XS_WRITE, path + '\0' + value);
}
GuestConnection::Reply GuestConnection::watch(const std::string& path, const std::string& token) {
  return request(XS_WATCH, path + '\0' + token + '\0');
}
GuestConnection::Reply GuestConnection::make(const std::string& path) {
  return request(XS_MKDIR, path + '\0');
}
GuestConnection::Reply GuestConnection::remove(const std::string& path) {
  return request(XS_RM, path + '\0');
}
GuestConnection::Reply GuestConnection::set_permissions(const std::string& path,
                                                        const std::string& permissions) {
  std::string payload = path + '\0';
  for (const char c : permissions) payload += c == ',' ? '\0' : c;
  return request(XS_SET_PERMS, payload + '\0');
}

void GuestConnection::begin() {
  const Reply reply = request(XS_TRANSACTION_START, std::string(1, '\0'));
  require(reply.done(), "the daemon begins no transaction");
  transaction_ = static_cast<std::uint32_t>(std::stoul(reply.payload));
}

GuestConnection::Reply GuestConnection::end(bool commit) {
  Reply reply = request(XS_TRANSACTION_END, std::string(commit ? "T" : "F") + '\0');
  transaction_ = 0;
  return reply;
}

}  // namespace xsaudit
