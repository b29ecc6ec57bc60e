// Stands between a client and a real xenstored, remembers what every client asked, and so shows
// whether a program only looked: harmless() is true of reading, of watching, and of transactions
// that end without a commit. Runs on a thread of its own; what it saw may be asked for at any time.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace xsaudit {

class RecordingProxy {
 public:
  // Listens at `socket` and connects to `daemon` once for each client.
  RecordingProxy(const std::string& socket, std::string daemon);
  ~RecordingProxy();
  RecordingProxy(const RecordingProxy&) = delete;
  RecordingProxy& operator=(const RecordingProxy&) = delete;

  // The number of requests of each type of xs_wire.h.
  std::map<std::uint32_t, std::size_t> requests() const;
  // Those that could change the store or the daemon, for messages: "type 11: /a/b".
  std::vector<std::string> harmful() const;
  std::size_t connections() const;
  // The most that were in flight on all connections together.
  std::size_t most_in_flight() const;

 private:
  struct Client {
    int client;
    int daemon;
    std::string asked;     // bytes of the client that are not yet a whole message
    std::string answered;  // the same of the daemon
  };
  void run();
  bool pass(Client& client, bool from_client);
  void note(const std::string& message);

  const std::string daemon_;
  int listening_ = -1;
  std::atomic<bool> ended_ = false;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, std::size_t> requests_;
  std::vector<std::string> harmful_;
  std::size_t connections_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t most_in_flight_ = 0;
  std::thread thread_;
};

}  // namespace xsaudit
