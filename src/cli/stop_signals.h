// SIGTERM and SIGINT end a command that runs until it is stopped, cleanly: it asks for them between
// two steps. While it waits for a reader of its output, they end it at once. Used by one thread.
#pragma once

#include <csignal>
#include <cstdlib>

#include <unistd.h>

namespace xsaudit {

class StopSignals {
 public:
  // Before there are other threads.
  static void expect() {
    struct sigaction action {};
    action.sa_handler = came_now;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
  }
  static bool came() { return came_ != 0; }

  // A part in which they end the program at once.
  class AtOnce {
   public:
    AtOnce() { at_once_ = 1; }
    ~AtOnce() { at_once_ = 0; }
    AtOnce(const AtOnce&) = delete;
    AtOnce& operator=(const AtOnce&) = delete;
  };

 private:
  static void came_now(int /*signal*/) {
    came_ = 1;
    if (at_once_ != 0) ::_exit(EXIT_SUCCESS);
  }

  static inline volatile std::sig_atomic_t came_ = 0;
  static inline volatile std::sig_atomic_t at_once_ = 0;
};

}  // namespace xsaudit
