#include "source/live/wire_connection.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/escape.h"

namespace xsaudit {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;
// The kernel takes a piece of up to 32 KiB whole or not at all (Linux af_unix.c
// unix_stream_sendmsg). A process that is stopped has then never sent a part of a message, for the
// rest of which a daemon would wait.
constexpr std::size_t kPieceBytes = std::size_t{16} * 1024;

bool may_be_long(std::uint32_t type) {
  return type == XS_DIRECTORY || type == XS_DIRECTORY_PART || type == XS_GET_PERMS ||
         type == XS_CONTROL;
}

}  // namespace

std::string with_zero(std::string_view text) { return std::string(text) + '\0'; }

WireConnection::WireConnection(FileDescriptor descriptor, bool device)
    : descriptor_(std::move(descriptor)), device_(device), in_(kBufferBytes) {}

WireConnection WireConnection::over_device(FileDescriptor device) {
  return WireConnection(std::move(device), true);
}

Result<WireConnection> WireConnection::open(const std::string& path,
                                            std::chrono::steady_clock::time_point deadline) {
  const auto problem = [&](const char* what) {
    return Error{"live store",
                 "cannot connect to xenstored at " + escape_shortened(path) + ": " + what, ""};
  };
  struct stat found;
  if (::stat(path.c_str(), &found) == 0 && S_ISCHR(found.st_mode)) {
    FileDescriptor device(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!device.is_open()) return problem(std::strerror(errno));
    return over_device(std::move(device));
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return problem("the path is too long");
  path.copy(address.sun_path, path.size());
  WireConnection connection(
      FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), false);
  if (!connection.descriptor_.is_open()) return problem(std::strerror(errno));
  while (::connect(connection.descriptor(), reinterpret_cast<const sockaddr*>(&address),
                   sizeof address) != 0) {
    // C xenstored lets one client wait and takes one a turn (core.c init_sockets, main).
    if (errno != EAGAIN && errno != EINTR) return problem(std::strerror(errno));
    if (std::chrono::steady_clock::now() >= deadline) return problem("it accepts no connections");
    ::poll(nullptr, 0, 1);
  }
  return connection;
}

void WireConnection::fail(std::string problem) {
  if (!lost()) problem_ = std::move(problem);
}

void WireConnection::send(std::uint32_t type, std::uint32_t request_id, std::uint32_t transaction,
                          std::string_view payload) {
  const xsd_sockmsg header = {.type = type,
                              .req_id = request_id,
                              .tx_id = transaction,
                              .len = static_cast<std::uint32_t>(payload.size())};
  out_.append(reinterpret_cast<const char*>(&header), sizeof header);
  out_ += payload;
}

// As many whole messages as are no more than kPieceBytes, and at least one. A device takes one: of
// a longer write the kernel drops the rest (Linux xenbus_dev_frontend.c xenbus_file_write).
std::size_t WireConnection::end_of_piece() const {
  std::size_t end = sent_;
  while (end < out_.size()) {
    xsd_sockmsg header;
    std::memcpy(&header, out_.data() + end, sizeof header);
    const std::size_t next = end + sizeof header + header.len;
    if (end > sent_ && (device_ || next - sent_ > kPieceBytes)) break;
    end = next;
  }
  return end;
}

// A device gets a request when it has replied to the one before: a kernel sends the payload from a
// buffer that the next write overwrites (Linux 6.1 xenbus_xs.c xenbus_dev_request_and_reply). In
// Xen 4.17's dom0 with that kernel requests were lost otherwise.
void WireConnection::flush() {
  while (!lost() && has_unsent() && !waiting_) {
    if (sent_ == piece_end_) piece_end_ = end_of_piece();
    const char* const piece = out_.data() + sent_;
    const std::size_t size = piece_end_ - sent_;
    const ssize_t count = device_ ? ::write(descriptor(), piece, size)
                                  : ::send(descriptor(), piece, size, MSG_NOSIGNAL);
    if (count >= 0) {
      sent_ += static_cast<std::size_t>(count);
      waiting_ = device_ && sent_ == piece_end_;
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      fail(std::strerror(errno));
    }
  }
  if (!lost() && has_unsent()) return;
  out_.clear();
  sent_ = piece_end_ = 0;
}

void WireConnection::receive() {
  std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
  in_end_ -= in_begin_;
  in_begin_ = 0;
  if (in_end_ == 0 && in_.size() > kBufferBytes) in_ = std::vector<char>(kBufferBytes);
  // A long list. next() has checked how long it is.
  if (in_end_ == in_.size()) in_.resize(std::min(2 * in_.size(), kMaxListBytes + kBufferBytes));
  const ssize_t count = ::read(descriptor(), in_.data() + in_end_, in_.size() - in_end_);
  if (count > 0) {
    in_end_ += static_cast<std::size_t>(count);
  } else if (count == 0) {
    fail(in_end_ == 0 ? "xenstored closed it" : "xenstored closed it in the middle of a reply");
  } else if (errno != EAGAIN && errno != EINTR) {
    fail(std::strerror(errno));
  }
}

bool WireConnection::next(WireMessage& message) {
  xsd_sockmsg header;
  const std::size_t here = in_end_ - in_begin_;
  if (lost() || here < sizeof header) return false;
  std::memcpy(&header, in_.data() + in_begin_, sizeof header);
  const std::size_t most = may_be_long(header.type) ? kMaxListBytes : XENSTORE_PAYLOAD_MAX;
  const bool known =
      header.type < XS_TYPE_COUNT || header.type == kGetFeature || header.type == kGetQuota;
  if (!known || header.len > most) {
    fail("the daemon sent an invalid message: type " + std::to_string(header.type) + ", " +
         std::to_string(header.len) + " bytes");
    return false;
  }
  if (here - sizeof header < header.len) return false;
  message = {.type = header.type,
             .request_id = header.req_id,
             .payload = {in_.data() + in_begin_ + sizeof header, header.len}};
  in_begin_ += sizeof header + header.len;
  if (header.type != XS_WATCH_EVENT) waiting_ = false;
  return true;
}

}  // namespace xsaudit
