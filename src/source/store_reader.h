// Reading a live store, request by request. Requests are sent without waiting, up to window() of
// them, and replies are taken as they come, in any order; the tag tells which belong together. The
// real one goes through libxenstore; tests have a fake that fails on demand. There is no request
// that writes. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "store/permissions.h"

namespace xsaudit {

struct StoreRequest {
  enum class Kind : std::uint8_t {
    children,     // the names of a node's children
    value,        // a node's value
    permissions,  // of a node, or of one of the special nodes, whose names begin with '@'
    introduced,   // whether a domain is introduced
  };
  Kind kind = Kind::children;
  std::string path;  // valid, or the name of a special node; unused for introduced
  Domid domid = 0;   // for introduced
  std::uint64_t tag = 0;
};

struct StoreReply {
  enum class Outcome : std::uint8_t {
    ok,
    vanished,   // there is no such node (ENOENT)
    refused,    // there is, and it may not be read (EACCES, EPERM)
    too_large,  // more than the daemon sends in one reply (E2BIG)
    invalid,    // the daemon has no such request for such a path (EINVAL)
    failed,     // any other error; other requests may still work
    closed,     // the connection is gone: no later request will work
  };
  std::uint64_t tag = 0;
  Outcome outcome = Outcome::failed;
  std::string problem;  // of failed and closed: what the system said; safe to print
  // One of these, by the kind of the request:
  std::vector<std::string> children;  // as the daemon sent them: not checked
  std::string value;
  Permissions permissions;  // not empty
  bool introduced = false;
};

class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // How many requests may be without a reply; at least 1.
  virtual std::size_t window() const = 0;
  virtual void send(StoreRequest request) = 0;
  // The next reply. Only while some request has none. `reply` is overwritten, so that its memory
  // can be used again.
  virtual void receive(StoreReply& reply) = 0;
};

// "it vanished", "Permission denied", …: for gaps.
std::string to_text(const StoreReply& reply);

}  // namespace xsaudit
