// A guest's side of a RunningDaemon in tests: introduces a domain and speaks the xenbus ring as it
// (xen/include/public/io/xs_wire.h), so that the daemon gives it exactly a guest's rights. Throws
// std::runtime_error if the daemon does not answer within ten seconds. Used by one thread.
#pragma once

#include <cstdint>
#include <string>

#include "support/running_daemon.h"
#include "support/xenstore_client.h"

struct xenstore_domain_interface;

namespace xsaudit {

class GuestConnection {
 public:
  GuestConnection(const RunningDaemon& daemon, XenstoreClient& control, Domid domid);
  ~GuestConnection();
  GuestConnection(const GuestConnection&) = delete;
  GuestConnection& operator=(const GuestConnection&) = delete;

  Domid domid() const { return domid_; }

  struct Reply {
    std::string error;  // "EACCES"; empty if it was done
    std::string payload;
    bool done() const { return error.empty(); }
  };
  Reply read(const std::string& path);
  Reply list(const std::string& path);
  Reply write(const std::string& path, const std::string& value);
  Reply make(const std::string& path);
  Reply remove(const std::string& path);
  Reply watch(const std::string& path, const std::string& token);
  Reply set_permissions(const std::string& path, const std::string& permissions);  // "n0,r1"

  // Requests from then on belong to a transaction, until it ends.
  void begin();
  Reply end(bool commit);

 private:
  Reply request(std::uint32_t type, const std::string& payload);
  void put(const char* bytes, std::size_t size);
  void take(char* bytes, std::size_t size);
  void wake_daemon() const;

  const Domid domid_;
  const std::uint32_t port_;
  int events_ = -1;
  volatile xenstore_domain_interface* ring_ = nullptr;
  std::uint32_t request_id_ = 0;
  std::uint32_t transaction_ = 0;
};

}  // namespace xsaudit
