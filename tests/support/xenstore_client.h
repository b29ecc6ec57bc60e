// The control domain's side of a RunningDaemon in tests: writes what a test needs, through
// libxenstore. Every function throws std::runtime_error if the daemon refuses. Used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/snapshot.h"

struct xs_handle;

namespace xsaudit {

class XenstoreClient {
 public:
  XenstoreClient();  // to the daemon that libxenstore finds

  void write(const std::string& path, const std::string& value);
  void write_together(const std::vector<std::pair<std::string, std::string>>& values);
  void set_permissions(const std::string& path, const std::string& permissions);  // "n0,r1"
  void remove(const std::string& path);
  std::optional<std::string> read(const std::string& path);  // nothing if it is not there
  void introduce(Domid domid);
  void release(Domid domid);
  void set_target(Domid stub, Domid target);  // both introduced
  // Writes every node of a recording, in its order.
  void load(const Snapshot& recording);

 private:
  struct Close {
    void operator()(xs_handle* handle) const;
  };
  std::unique_ptr<xs_handle, Close> handle_;
};

}  // namespace xsaudit
