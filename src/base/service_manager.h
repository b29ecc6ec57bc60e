// What a service says to the service manager that started it (sd_notify(3)): that it is ready, that
// it still works, that it ends. The socket is opened once, and messages are sent without waiting.
// Nothing happens if the program was not started as such a service. Used by one thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"

namespace xsaudit {

class ServiceManager {
 public:
  // From NOTIFY_SOCKET and WATCHDOG_USEC. To be called before the program is confined.
  ServiceManager();

  // What must stay open.
  std::vector<int> descriptors() const;
  // How often alive() is to be called; nothing if it is not expected.
  std::optional<std::chrono::microseconds> interval() const { return interval_; }

  void ready() const { say("READY=1"); }
  void alive() const { say("WATCHDOG=1"); }
  void stopping() const { say("STOPPING=1"); }

 private:
  void say(std::string_view message) const;

  FileDescriptor socket_;
  std::optional<std::chrono::microseconds> interval_;
};

}  // namespace xsaudit
