// A process that stands for a device model in tests: started with a command line, descriptors and
// restrictions of a test's choice, running until this object ends. As root only, where it takes
// another uid or root directory.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace xsaudit {

struct StandInOptions {
  std::string program;                 // the path it is run from; copied there
  std::vector<std::string> arguments;  // without the program; -chroot, -runas and
                                       // -xen-domid-restrict are obeyed
  std::vector<std::string> ignore;     // but for those
  std::vector<std::string> open;       // devices it opens
  std::vector<std::string> connect;    // Unix sockets it connects to
  bool as_libxl_restricts = false;     // own namespaces and limits, made before it starts
};

class StandIn {
 public:
  // Returns once the process has done all steps.
  explicit StandIn(const StandInOptions& options);
  StandIn(StandIn&& other) noexcept;
  StandIn& operator=(StandIn&&) = delete;
  ~StandIn();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

}  // namespace xsaudit
