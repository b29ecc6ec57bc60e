// stopped XSAUDIT…: how long a guest and the toolstack wait for one write, at the most, while an
// audit of the live store is stopped with SIGTSTP at each of its requests, and while audits run
// with the lowest priority beside three programs that compute. See stopped.sh.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "support/guest_connection.h"
#include "support/held_program.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr Domid kGuest = 7;
constexpr auto kStopped = 1s;
constexpr unsigned int kLastRequest = 300;  // a store that is written to has no end of them
constexpr auto kSlowed = 15s;
constexpr auto kPatience = 5s;  // longer than any stop

std::int64_t microseconds_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
      .count();
}

// A process that writes every half millisecond, and how long its slowest write took.
class Writer {
 public:
  explicit Writer(const std::function<void(int turn)>& write) {
    void* const page =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared_ = new (page) Shared;
    process_ = ::fork();
    if (process_ != 0) return;
    for (int turn = 0; !shared_->ended; ++turn) {
      shared_->begun = microseconds_now();
      write(turn);
      shared_->most = std::max<std::int64_t>(shared_->most, microseconds_now() - shared_->begun);
      shared_->begun = 0;
      ::usleep(500);
    }
    ::_exit(0);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Microseconds; -1: its last write is not done in kPatience.
  std::int64_t end() {
    shared_->ended = true;
    const auto deadline = Clock::now() + kPatience;
    while (::waitpid(process_, nullptr, WNOHANG) == 0) {
      if (Clock::now() > deadline) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        return -1;
      }
      std::this_thread::sleep_for(1ms);
    }
    return shared_->most;
  }

 private:
  struct Shared {
    std::atomic<bool> ended = false;
    std::atomic<std::int64_t> begun = 0;
    std::atomic<std::int64_t> most = 0;
  };
  Shared* shared_;
  pid_t process_;
};

struct Waits {
  std::int64_t guest = 0;
  std::int64_t toolstack = 0;
  void add(Waits other) {
    const auto longer = [](std::int64_t a, std::int64_t b) {
      return a < 0 || b < 0 ? -1 : std::max(a, b);
    };
    guest = longer(guest, other.guest);
    toolstack = longer(toolstack, other.toolstack);
  }
};

// What both wait while something happens, in a host of 20 guests.
Waits waits_during(Daemon kind, const std::function<void()>& happens) {
  RunningDaemon daemon(kind);
  XenstoreClient control;
  for (int domid = 1; domid <= 20; ++domid) {
    const std::string home = "/local/domain/" + std::to_string(domid);
    for (const char* name : {"name", "domid", "vm", "device/vif/0/state", "data/updated"}) {
      control.write(home + "/" + name, "1");
    }
    control.set_permissions(home, "n" + std::to_string(domid));
  }
  control.set_permissions("/local/domain/7/data", "n7");
  GuestConnection guest(daemon, control, kGuest);
  Writer guest_writer([&](int turn) {
    guest.write("/local/domain/7/data/" + std::to_string(turn % 500), std::to_string(turn));
  });
  XenstoreClient* toolstack = nullptr;
  Writer toolstack_writer([&](int turn) {
    if (toolstack == nullptr) toolstack = new XenstoreClient;
    for (int i = 0; i < 20; ++i) {
      toolstack->write("/tool/written/" + std::to_string((20 * turn + i) % 5'000), "1");
    }
  });
  happens();
  Waits waits;
  waits.guest = guest_writer.end();
  waits.toolstack = toolstack_writer.end();
  return waits;
}

const std::vector<std::string> kAudit = {"audit",   "--recheck-after", "0",
                                         "--quiet", "--host-facts",    "never"};

Waits stopped_at_each_request(Daemon kind, const std::string& program) {
  Waits most;
  bool held = true;
  for (unsigned int request = 1; held && request < kLastRequest; request += 1 + request / 2) {
    most.add(waits_during(kind, [&] {
      HeldProgram audit(program, kAudit, request);
      held = audit.held();
      if (!held) return;
      audit.stop(SIGTSTP);
      std::this_thread::sleep_for(kStopped);
      audit.go_on();
    }));
  }
  return most;
}

class BusyLoops {
 public:
  BusyLoops() {
    for (pid_t& loop : loops_) {
      loop = ::fork();
      if (loop == 0) compute();
    }
  }
  ~BusyLoops() {
    for (const pid_t loop : loops_) ::kill(loop, SIGKILL);
    for (const pid_t loop : loops_) ::waitpid(loop, nullptr, 0);
  }
  BusyLoops(const BusyLoops&) = delete;
  BusyLoops& operator=(const BusyLoops&) = delete;

 private:
  [[noreturn]] static void compute() {
    for (volatile unsigned turn = 0;;) turn = turn + 1;
  }

  pid_t loops_[3];
};

// Beside audits, one after the other; beside none where there is no program.
Waits with_lowest_priority(Daemon kind, const std::string& program) {
  const BusyLoops loops;
  return waits_during(kind, [&] {
    const auto deadline = Clock::now() + kSlowed;
    while (!program.empty() && Clock::now() < deadline) {
      const std::string command =
          "nice -n 19 timeout 5 " + program + " audit --recheck-after 0 --quiet >/dev/null";
      static_cast<void>(std::system(command.c_str()));
    }
    if (program.empty()) std::this_thread::sleep_for(5s);
  });
}

std::string shown(std::int64_t microseconds) {
  if (microseconds < 0) return "> 5 s";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", static_cast<double>(microseconds) / 1e3);
  return text;
}

void print(const char* program, Daemon kind, const char* what, Waits waits) {
  std::printf("%-28s %-10s %-32s %10s %10s\n", program, to_text(kind), what,
              shown(waits.guest).c_str(), shown(waits.toolstack).c_str());
  std::fflush(stdout);
}

}  // namespace
}  // namespace xsaudit

int main(int count, char** arguments) {
  using namespace xsaudit;
  std::printf("%-28s %-10s %-32s %10s %10s\n", "", "", "longest wait for one write of", "the guest",
              "toolstack");
  for (const Daemon kind : RunningDaemon::kKinds) {
    print("none", kind, "no audit, 5 s", waits_during(kind, [] { ::sleep(5); }));
    print("none", kind, "3 busy loops, 5 s", with_lowest_priority(kind, ""));
    for (int i = 1; i < count; ++i) {
      print(arguments[i], kind, "stopped 1 s at its requests",
            stopped_at_each_request(kind, arguments[i]));
      print(arguments[i], kind, "nice 19, 3 busy loops, 15 s",
            with_lowest_priority(kind, arguments[i]));
    }
  }
}
