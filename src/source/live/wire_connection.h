// One connection to xenstored and its messages (xen/include/public/io/xs_wire.h): at the socket of
// a daemon, or through the kernel's xenbus device, which leads to a daemon in a domain of its own.
// It does not block, but for a device of a kernel up to 4.10, which keeps a write until the reply
// is there (Linux xenbus_dev_frontend.c xenbus_write_transaction). Received messages are checked as
// far as possible without knowing the request; the first fault ends the connection. Owns its
// descriptor. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace xsaudit {

// XS_GET_FEATURE of the newer xen/include/public/io/xs_wire.h: a request from Xen 4.21 on.
inline constexpr std::uint32_t kGetFeature = 23;
inline constexpr std::uint32_t kGetQuota = 25;

struct WireMessage {
  std::uint32_t type = 0;
  std::uint32_t request_id = 0;
  std::string_view payload;  // valid until the next receive()
};

// The form of a text in a payload.
std::string with_zero(std::string_view text);

class WireConnection {
 public:
  // A client sends at most 4,096 bytes, so no value is longer. Two lists can be: the children of a
  // node, and its permissions, as oxenstored prints r-1 with 20 bytes. oxenstored sends both whole.
  static constexpr std::size_t kMaxListBytes = std::size_t{16} * 1024 * 1024;

  // `path` is a socket or a device. An error if it is neither, or no daemon listens there or
  // accepts the connection before the deadline.
  static Result<WireConnection> open(const std::string& path,
                                     std::chrono::steady_clock::time_point deadline);
  // A device that is open and does not block.
  static WireConnection over_device(FileDescriptor device);

  int descriptor() const { return descriptor_.get(); }

  // Whether the request ids of replies to WATCH and UNWATCH mean nothing: the kernel makes up these
  // replies, up to 4.10 with 0 (Linux xenbus_dev_frontend.c xenbus_write_watch).
  bool is_device() const { return device_; }

  // `payload` is at most 4,096 bytes. Bytes that do not fit into the socket wait for flush().
  void send(std::uint32_t type, std::uint32_t request_id, std::uint32_t transaction,
            std::string_view payload);
  void flush();
  bool has_unsent() const { return sent_ < out_.size(); }

  // Takes what has arrived.
  void receive();
  // The next message of it, if it is there as a whole.
  bool next(WireMessage& message);

  bool lost() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }

 private:
  WireConnection(FileDescriptor descriptor, bool device);
  void fail(std::string problem);
  std::size_t end_of_piece() const;

  FileDescriptor descriptor_;
  bool device_;
  std::string out_;
  std::size_t sent_ = 0;       // of out_
  std::size_t piece_end_ = 0;  // of what is sent at once
  bool waiting_ = false;       // a device has a request and has not replied yet
  std::vector<char> in_;
  std::size_t in_begin_ = 0;  // of what has arrived and is not yet given out
  std::size_t in_end_ = 0;
  std::string problem_;
};

}  // namespace xsaudit
