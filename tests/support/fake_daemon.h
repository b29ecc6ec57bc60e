// A xenstored for tests that speaks the wire protocol (xen/include/public/io/xs_wire.h) over a
// small tree in memory, and does at the n-th request, counted over all connections, what no daemon
// should do. It refuses requests about itself (XS_CONTROL), and does not count them. Runs on a
// thread of its own, from its making to its end.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/scratch_directory.h"

namespace xsaudit {

class FakeDaemon {
 public:
  enum class Fault {
    none,
    closes,         // the connection
    closes_inside,  // in the middle of the reply
    stays_silent,   // from then on, on all connections
    stops_inside,   // the same, in the middle of the reply
    garbage,        // instead of the reply
    enormous,       // a reply that says it is larger than any
    empty,          // a reply without a payload
    unfinished,     // a payload without its last byte
    other_id,       // the reply to no request
    other_type,     // the reply to another kind of request
    twice,          // the same reply again
    out_of_order,   // after the reply to the request that follows on the connection
    refuses,        // an error: EIO
  };
  static const std::vector<Fault>& faults();  // but for none

  struct Node {
    std::string value;
    std::vector<std::string> permissions;  // "n0"
    std::vector<std::string> children;
  };

  // Adds "/" and the parents that are missing.
  // `features` is the answer to GET_FEATURE; empty: there is no such request.
  explicit FakeDaemon(const std::map<std::string, std::string>& values, Fault fault = Fault::none,
                      std::size_t at_request = 0, std::string features = {});
  ~FakeDaemon();
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  std::string socket() const { return directory_ / "socket"; }
  std::size_t requests() const { return requests_; }

 private:
  struct Client {
    int descriptor;
    std::string asked;
    std::string held_back;
  };
  void run();
  bool serve(Client& client);
  bool answer(Client& client, const std::string& message);
  std::string reply_to(const std::string& message) const;

  ScratchDirectory directory_;
  std::map<std::string, Node> nodes_;
  const Fault fault_;
  const std::size_t at_request_;
  const std::string features_;
  int listening_;
  std::atomic<std::size_t> requests_ = 0;
  std::atomic<bool> ended_ = false;
  bool silent_ = false;
  std::thread thread_;
};

}  // namespace xsaudit
