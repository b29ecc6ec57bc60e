// An audit that is stopped while it reads a live store keeps nobody waiting, neither a guest nor
// the toolstack, and goes on as if nothing had been.
#include <pty.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include <xen/io/xs_wire.h>

#include "source/live/store_reader.h"
#include "source/recording/dump_reader.h"
#include "support/guest_connection.h"
#include "support/held_program.h"
#include "support/printed_by.h"
#include "support/recording_proxy.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Json = nlohmann::json;
using In = HeldProgram::In;

constexpr Domid kGuest = 7;
// The finding that says what an audit is missing.
constexpr const char* kQuality = "info snapshot-quality /";
constexpr int kStops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};

// A guest that thinks it is connected to a backend that waits, which may pass; and that may be
// written to by others, which will not.
constexpr const char* kStore =
    "/local = \"\"   (n0)\n"
    "/local/domain = \"\"   (n0)\n"
    "/local/domain/0 = \"\"   (n0)\n"
    "/local/domain/0/backend = \"\"   (n0)\n"
    "/local/domain/0/backend/vif = \"\"   (n0)\n"
    "/local/domain/0/backend/vif/7 = \"\"   (n0)\n"
    "/local/domain/0/backend/vif/7/0 = \"\"   (b0)\n"
    "/local/domain/0/backend/vif/7/0/state = \"2\"   (n0,r7)\n"
    "/local/domain/7 = \"\"   (n0,r7)\n"
    "/local/domain/7/data = \"\"   (n7)\n"
    "/local/domain/7/device = \"\"   (n0,r7)\n"
    "/local/domain/7/device/vif = \"\"   (n0,r7)\n"
    "/local/domain/7/device/vif/0 = \"\"   (n0,r7)\n"
    "/local/domain/7/device/vif/0/state = \"4\"   (n0,r7)\n";

// A host with one guest, who writes, and a toolstack that does.
class Writers {
 public:
  explicit Writers(RunningDaemon& daemon) {
    const auto store = read_dump_text(kStore, "small");
    REQUIRE(store);
    control_.load(*store);
    guest_ = std::make_unique<GuestConnection>(daemon, control_, kGuest);
  }

  // Both write to as many nodes as they write times, so that no two events are one. Neither is to
  // wait: GuestConnection throws after some time, and libxenstore never does.
  void write(int guest, int toolstack) {
    INFO("a guest that writes " << guest << " times, a toolstack that does " << toolstack);
    for (int i = 0; i < guest; ++i) {
      const auto reply =
          guest_->write("/local/domain/7/data/w/" + std::to_string(i), std::to_string(++turn_));
      REQUIRE(reply.error.empty());
    }
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(120);
      XenstoreClient client;  // as the toolstack's next process
      for (int i = 0; i < toolstack; ++i) {
        client.write("/tool/written/" + std::to_string(i), std::to_string(turn_ + i));
      }
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    guest_->remove("/local/domain/7/data/w");  // so that the next audit is a short one
    control_.remove("/tool/written");
  }

  XenstoreClient& control() { return control_; }

 private:
  XenstoreClient control_;
  std::unique_ptr<GuestConnection> guest_;
  int turn_ = 0;
};

std::vector<std::string> audit(std::vector<std::string> more) {
  std::vector<std::string> arguments = {"audit", "--format", "json", "--host-facts", "never"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> one_look(const char* reader) {
  return audit({"--recheck-after", "0", "--transport", reader});
}

// Over the wire, and with one request in flight, so that there are as many of them each time.
std::vector<std::string> one_by_one() {
  auto arguments = one_look("wire");
  arguments.insert(arguments.end(), {"--pace", "gentle"});
  return arguments;
}

Json findings_now() {
  return Json::parse(
      run_command(XSAUDIT_PROGRAM " audit --format json --recheck-after 0").text)["findings"];
}

std::vector<std::string> named(const Json& findings) {
  std::vector<std::string> names;
  for (const Json& finding : findings) {
    names.push_back(std::string(finding["severity"]) + " " + std::string(finding["rule"]) + " " +
                    std::string(finding["path"]));
  }
  return names;
}

// It ends some time after the audit, which cannot wait for it.
bool ends(pid_t watch) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (runs(watch) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return !runs(watch);
}

// What it says after it was stopped is right, and it has left nothing behind.
void check_end(HeldProgram& program, pid_t watch, bool whole = true) {
  const auto ended = program.end();
  REQUIRE(ended.status == 1);
  const Json result = Json::parse(ended.output);
  CHECK((result["sources"][0]["incomplete"] == Json::array()) == whole);
  const auto now = named(findings_now());
  auto then = named(result["findings"]);
  if (!whole) then.erase(std::remove(then.begin(), then.end(), kQuality), then.end());
  CHECK_FALSE(now.empty());
  CHECK(then == now);
  CHECK(ends(watch));
}

// How many requests the audit has.
unsigned int requests_of(const std::vector<std::string>& arguments, In in = In::main) {
  unsigned int least = 0;
  unsigned int most = 1;
  const auto has = [&](unsigned int request) {
    HeldProgram program(XSAUDIT_PROGRAM, arguments, request, in);
    return program.held();
  };
  while (has(most)) {
    least = most;
    most *= 2;
  }
  while (most - least > 1) {
    const unsigned int middle = least + (most - least) / 2;
    (has(middle) ? least : most) = middle;
  }
  return least;
}

// The requests at which it is held where not at each: all of them while it watches.
std::vector<unsigned int> some_requests(const std::vector<std::string>& arguments) {
  const unsigned int last = requests_of(arguments);
  return {last * 2 / 3, last * 3 / 4, last * 5 / 6};
}

void at_each_request(const char* reader) {
  with_each_daemon([&](RunningDaemon& daemon) {
    Writers writers(daemon);
    const auto arguments = one_look(reader);
    for (unsigned int request = 1;; ++request) {
      CAPTURE(to_text(daemon.kind()), request);
      HeldProgram program(XSAUDIT_PROGRAM, arguments, request);
      if (!program.held()) {
        CHECK(request > 15);
        return;
      }
      const pid_t watch = program.watch_process();
      program.stop(kStops[request % 4]);
      writers.write(70, 10);
      program.go_on();
      check_end(program, watch);
    }
  });
}

}  // namespace

TEST_CASE("a guest does not wait for an audit that is stopped at any of its requests") {
  at_each_request("wire");
}

TEST_CASE("a guest does not wait for an audit by libxenstore that is stopped at any request") {
  at_each_request("libxenstore");
}

TEST_CASE("the toolstack does not wait for an audit that is stopped") {
  with_each_daemon([&](RunningDaemon& daemon) {
    Writers writers(daemon);
    for (const char* reader : {"wire", "libxenstore"}) {
      auto arguments = one_look(reader);
      arguments.insert(arguments.end(), {"--pace", "gentle"});
      for (const unsigned int request : some_requests(arguments)) {
        for (const int signal : kStops) {
          CAPTURE(to_text(daemon.kind()), reader, request, signal);
          HeldProgram program(XSAUDIT_PROGRAM, arguments, request);
          REQUIRE(program.held());
          const pid_t watch = program.watch_process();
          CHECK(watch > 0);
          program.stop(signal);
          writers.write(200, 5'000);
          program.go_on();
          check_end(program, watch);
        }
      }
    }
  });
}

// A shell with job control and one job, at a terminal of its own. What the job's end was is its
// exit status.
[[noreturn]] void run_shell(int terminal, unsigned int request, int say, int hear) {
  char byte = '.';
  ::setsid();
  ::ioctl(terminal, TIOCSCTTY, 0);
  ::signal(SIGTTOU, SIG_IGN);
  try {
    HeldProgram program(XSAUDIT_PROGRAM, one_by_one(), request);
    ::tcsetpgrp(terminal, program.process());
    if (::write(say, &byte, 1) != 1) ::_exit(98);
    program.await_stop();
    if (::write(say, &byte, 1) != 1 || ::read(hear, &byte, 1) != 1) ::_exit(98);
    program.go_on();
    const auto ended = program.end();
    const Json result = Json::parse(ended.output);
    ::_exit(result["sources"][0]["incomplete"] == Json::array() ? ended.status : 97);
  } catch (const std::exception&) {
    ::_exit(99);
  }
}

TEST_CASE("nobody waits for an audit that is stopped with Ctrl-Z at its terminal") {
  with_each_daemon([&](RunningDaemon& daemon) {
    Writers writers(daemon);
    const unsigned int last = requests_of(one_by_one());
    for (const unsigned int request : {last * 2 / 3, last * 5 / 6}) {
      CAPTURE(to_text(daemon.kind()), request);
      int keyboard = -1;
      int terminal = -1;
      int say[2];
      int hear[2];
      REQUIRE(::openpty(&keyboard, &terminal, nullptr, nullptr, nullptr) == 0);
      REQUIRE(::pipe(say) == 0);
      REQUIRE(::pipe(hear) == 0);
      const pid_t shell = ::fork();
      if (shell == 0) run_shell(terminal, request, say[1], hear[0]);
      char byte = 0;
      REQUIRE(::read(say[0], &byte, 1) == 1);
      REQUIRE(::write(keyboard, "\x1a", 1) == 1);
      REQUIRE(::read(say[0], &byte, 1) == 1);
      writers.write(200, 5'000);
      REQUIRE(::write(hear[1], &byte, 1) == 1);
      int status = 0;
      REQUIRE(::waitpid(shell, &status, 0) == shell);
      CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 1));
      for (const int one : {keyboard, terminal, say[0], say[1], hear[0], hear[1]}) ::close(one);
    }
  });
}

TEST_CASE("nobody waits where the process that watches is stopped, alone or with the audit") {
  with_each_daemon([&](RunningDaemon& daemon) {
    Writers writers(daemon);
    const auto arguments = one_by_one();
    for (const unsigned int request : some_requests(arguments)) {
      for (const bool both : {false, true}) {
        CAPTURE(to_text(daemon.kind()), request, both);
        HeldProgram program(XSAUDIT_PROGRAM, arguments, request);
        REQUIRE(program.held());
        const pid_t watch = program.watch_process();
        REQUIRE(watch > 0);
        REQUIRE(::kill(watch, SIGSTOP) == 0);
        if (both) program.stop(SIGSTOP);
        writers.write(200, both ? 1'000 : 500);
        program.go_on();
        check_end(program, watch, false);
      }
    }
  });
}

// Whether this process may do something, which it tries in another.
template <typename Attempt>
bool may(Attempt attempt) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(attempt() == 0 ? 0 : 1);
  int status = -1;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

// Both need CAP_SYS_NICE, which a container may lack.
bool may_take_priority_back() {
  return may([] {
    ::setpriority(PRIO_PROCESS, 0, 19);
    return ::setpriority(PRIO_PROCESS, 0, 0);
  });
}

// A kernel with CONFIG_RT_GROUP_SCHED has no time for it in most cgroups.
bool may_go_before_others() {
  return may([] {
    sched_param first{};
    first.sched_priority = ::sched_get_priority_min(SCHED_RR);
    return ::sched_setscheduler(0, SCHED_RR, &first);
  });
}

TEST_CASE("the process that watches stands alone") {
  if (::geteuid() != 0) return;  // only root has capabilities that it can give up for good
  const bool takes_priority_back = may_take_priority_back();
  const bool goes_before_others = may_go_before_others();
  if (!takes_priority_back) WARN("not checked: this process may not take its priority back");
  if (!goes_before_others) WARN("not checked: this process may not have SCHED_RR");
  with_each_daemon([&](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    const Writers writers(daemon);
    const auto arguments = one_by_one();
    const unsigned int request = some_requests(arguments).front();
    if (takes_priority_back) REQUIRE(::setpriority(PRIO_PROCESS, 0, 19) == 0);
    const HeldProgram program(XSAUDIT_PROGRAM, arguments, request);
    if (takes_priority_back) REQUIRE(::setpriority(PRIO_PROCESS, 0, 0) == 0);
    REQUIRE(program.held());
    const pid_t watch = program.watch_process();
    if (takes_priority_back) {
      CHECK(::getpriority(PRIO_PROCESS, static_cast<id_t>(program.process())) == 19);
      CHECK(::getpriority(PRIO_PROCESS, static_cast<id_t>(watch)) == 0);
    }
    if (goes_before_others) CHECK(::sched_getscheduler(watch) == SCHED_RR);
    CHECK(::getsid(watch) == watch);
    // The daemon's socket, and the way to the audit.
    const std::filesystem::directory_iterator open("/proc/" + std::to_string(watch) + "/fd");
    CHECK(std::distance(begin(open), end(open)) == 2);
    const std::string status = contents_of("/proc/" + std::to_string(watch) + "/status");
    for (const char* set : {"CapPrm", "CapEff", "CapInh", "CapBnd", "CapAmb"}) {
      CHECK(status.find(std::string(set) + ":\t0000000000000000\n") != std::string::npos);
    }
    CHECK(status.find("NoNewPrivs:\t1\n") != std::string::npos);
    CHECK(status.find("Seccomp:\t2\n") != std::string::npos);
  });
}

TEST_CASE("the process that watches becomes the user that is named, too") {
  if (::geteuid() != 0) return;
  with_each_daemon([&](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    const Writers writers(daemon);
    auto arguments = one_by_one();
    arguments.insert(arguments.end(), {"--user", "nobody"});
    HeldProgram program(XSAUDIT_PROGRAM, arguments, some_requests(arguments).front());
    REQUIRE(program.held());
    const pid_t watch = program.watch_process();
    const std::string status = contents_of("/proc/" + std::to_string(watch) + "/status");
    CHECK(status.find("\nUid:\t65534\t65534\t65534\t65534\n") != std::string::npos);
    CHECK(status.find("\nGid:\t65534\t65534\t65534\t65534\n") != std::string::npos);
    CHECK(status.find("\nCapBnd:\t0000000000000000\n") != std::string::npos);
    CHECK(status.find("\nSeccomp:\t2\n") != std::string::npos);
    program.let_go();
    check_end(program, watch);
  });
}

// An idle connection costs oxenstored time at each of its turns, also those of other clients.
TEST_CASE("an audit keeps one connection to oxenstored for each of its transactions") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  const RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient control;
  for (int i = 0; i < 500; ++i) control.write("/tool/" + std::to_string(i), "");
  const auto before = daemon.open_descriptors();
  HeldProgram program(XSAUDIT_PROGRAM, {"audit", "--quiet"}, 40);
  REQUIRE(program.held());
  // The others are for the watches of both.
  for (int tries = 0; tries < 1000 && daemon.open_descriptors() > before + 4; ++tries)
    ::usleep(10'000);
  CHECK(daemon.open_descriptors() == before + 4);
}

TEST_CASE("an audit whose watching process is killed is incomplete") {
  with_each_daemon([&](RunningDaemon& daemon) {
    Writers writers(daemon);
    const auto arguments = one_by_one();
    for (const unsigned int request : some_requests(arguments)) {
      CAPTURE(to_text(daemon.kind()), request);
      HeldProgram program(XSAUDIT_PROGRAM, arguments, request);
      REQUIRE(program.held());
      const pid_t watch = program.watch_process();
      REQUIRE(watch > 0);
      REQUIRE(::kill(watch, SIGKILL) == 0);
      writers.write(200, 10);
      program.let_go();
      check_end(program, watch, false);
    }
  });
}

TEST_CASE("more changes than are remembered are a store that is read again") {
  with_each_daemon([&](RunningDaemon& daemon) {
    if (daemon.kind() == Daemon::oxenstored) return;  // is asked for a moment, and not watched
    Writers writers(daemon);
    const auto arguments = one_by_one();
    const auto before = named(findings_now());
    const unsigned int last = requests_of(arguments);
    for (const unsigned int request : {last - 12, last - 8, last - 4}) {
      CAPTURE(request, last);
      HeldProgram program(XSAUDIT_PROGRAM, arguments, request);
      REQUIRE(program.held());
      const pid_t watch = program.watch_process();
      program.stop(SIGTSTP);
      writers.write(200, StoreChanges::kMaxPaths + 1'000);
      // The last change is a finding at a node that was read before, and is not above the others.
      writers.control().set_permissions("/local/domain/7/device", "b0");
      program.go_on();
      check_end(program, watch);
      CHECK(named(findings_now()) != before);
      writers.control().set_permissions("/local/domain/7/device", "n0,r7");
    }
  });
}

TEST_CASE("nobody waits for the second look when that is stopped") {
  with_each_daemon([&](RunningDaemon& daemon) {
    Writers writers(daemon);
    const auto arguments =
        audit({"--recheck-after", "1", "--transport", "wire", "--pace", "gentle"});
    const unsigned int request = requests_of(arguments, In::later) * 2 / 3;
    for (const int signal : kStops) {
      CAPTURE(to_text(daemon.kind()), signal);
      HeldProgram program(XSAUDIT_PROGRAM, arguments, request, In::later);
      REQUIRE(program.held());
      const pid_t watch = program.watch_process();
      REQUIRE(watch > 0);
      program.stop(signal);
      writers.write(200, 5'000);
      program.go_on();
      const auto ended = program.end();
      REQUIRE(ended.status == 1);
      CHECK(Json::parse(ended.output)["sources"][0]["incomplete"] == Json::array());
      CHECK(ends(watch));
    }
  });
}

TEST_CASE("an audit is stopped where its daemon dies, and says that it is not whole") {
  with_each_daemon([&](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    const Writers writers(daemon);
    const auto arguments = one_by_one();
    HeldProgram program(XSAUDIT_PROGRAM, arguments, requests_of(arguments) * 2 / 3);
    REQUIRE(program.held());
    const pid_t watch = program.watch_process();
    program.stop(SIGTSTP);
    daemon.die();
    program.go_on();
    const auto ended = program.end();
    const Json result = Json::parse(ended.output);
    CHECK((ended.status == 1 || ended.status == 2 || ended.status == 3));
    if (ended.status != 2) CHECK_FALSE(result["sources"][0]["incomplete"].empty());
    CHECK(ends(watch));
  });
}

TEST_CASE("an audit that is stopped for long gives its watches back, and takes them again") {
  with_each_daemon([&](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    Writers writers(daemon);
    const auto arguments = one_by_one();
    // Of oxenstored only the domains are watched.
    const std::uint64_t watches = daemon.kind() == Daemon::oxenstored ? 2 : 3;
    const unsigned int request = some_requests(arguments).front();
    const ScratchDirectory directory;
    const RecordingProxy proxy(directory / "socket", daemon.socket());
    ::setenv("XENSTORED_PATH", (directory / "socket").c_str(), 1);
    HeldProgram program(XSAUDIT_PROGRAM, arguments, request);
    ::unsetenv("XENSTORED_PATH");
    REQUIRE(program.held());
    const pid_t watch = program.watch_process();
    const auto count = [&](std::uint32_t type) {
      const auto requests = proxy.requests();
      const auto found = requests.find(type);
      return found == requests.end() ? std::uint64_t{0} : std::uint64_t{found->second};
    };
    program.stop(SIGTSTP);
    CHECK(count(XS_WATCH) == watches);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (count(XS_UNWATCH) < watches && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    CHECK(count(XS_UNWATCH) == watches);
    writers.write(200, 5'000);
    program.go_on();
    check_end(program, watch);
    CHECK(count(XS_WATCH) == 2 * watches);
    CHECK(count(XS_UNWATCH) == 2 * watches);
  });
}

}  // namespace xsaudit
