// A real xenstored for tests, C or OCaml, on a machine without a hypervisor: Debian's own daemon,
// or the one in the folder that XSAUDIT_DAEMONS names, with daemon_stand_in.c preloaded, in a
// folder of its own, seeing nothing of a xenstored of the host. While it lives, libxenstore in this
// process talks to it (XENSTORED_RUNDIR is set), so there can be one at a time. Needs no
// privileges. Used by one thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "store/snapshot_info.h"

namespace xsaudit {

class RunningDaemon {
 public:
  static constexpr Daemon kKinds[] = {Daemon::cxenstored, Daemon::oxenstored};

  // Throws std::runtime_error with what the daemon said if it does not start.
  // `settings`: lines of oxenstored's configuration in addition to those that it needs here, or an
  // argument of C xenstored.
  explicit RunningDaemon(Daemon kind, const std::string& settings = {});
  ~RunningDaemon();
  RunningDaemon(const RunningDaemon&) = delete;
  RunningDaemon& operator=(const RunningDaemon&) = delete;

  // Whether the daemon is installed, or in the folder that XSAUDIT_DAEMONS names. Where
  // XSAUDIT_REQUIRE_DAEMONS is set a test must not skip what it needs: then this throws instead of
  // saying no.
  static bool available(Daemon kind);

  Daemon kind() const { return kind_; }
  pid_t process() const { return process_; }
  // How many files and connections it has open.
  std::ptrdiff_t open_descriptors() const;

  // A signal works some time after kill() returns, and a daemon that dies closes its clients'
  // connections before the socket it listens at. These return once it is done.
  void die();     // SIGKILL
  void freeze();  // SIGSTOP, until thaw()
  void thaw();

  const std::string& folder() const { return folder_; }
  std::string socket() const { return folder_ + "/socket"; }
  // The page that a domain shares with the daemon: made empty, for GuestConnection.
  std::string make_ring(Domid domid) const;
  // Wakes the daemon: a pipe that takes the numbers of ports.
  std::string events() const { return folder_ + "/events"; }
  static std::uint32_t port(Domid domid) { return 1000 + static_cast<std::uint32_t>(domid); }

 private:
  void start(const std::string& program, const std::string& argument);
  void stop();
  void wait_until_it_listens();
  void signal_and_await(int signal, int change);
  std::string log() const;

  const Daemon kind_;
  std::string folder_;
  pid_t process_ = -1;
};

// Runs `test` with each daemon that is installed, one after the other.
void with_each_daemon(const std::function<void(RunningDaemon&)>& test);

}  // namespace xsaudit
