// The real reader on real processes: stand-ins for the QEMUs of a guest without any restriction, of
// one with dm_restrict and of one with a device_model_user, on a host made for them. What they look
// like is what the lab's set 97 recorded of real ones.
#include <grp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "host/confine/confinement.h"
#include "host/facts/host_facts.h"
#include "host/facts/proc_filesystem.h"
#include "host/facts/process_record.h"
#include "support/child_process.h"
#include "support/own_mounts.h"
#include "support/scratch_host.h"
#include "support/stand_in.h"

namespace xsaudit {
namespace {

constexpr char kUsers[] =
    "xen-qemuuser-range-base:x:2000000:2000000::/nonexistent:/bin/false\n"
    "dmuser:x:2100000:2100000::/nonexistent:/bin/false\n";

const std::vector<std::string> kDevices = {"/dev/xen/privcmd", "/dev/xen/hypercall",
                                           "/dev/xen/evtchn"};

std::string program_of(const ScratchHost& host) {
  return host.directory() / "xen-qemu-system-i386";
}

StandInOptions plain(const ScratchHost& host) {
  return {.program = program_of(host),
          .arguments = {"-xen-domid", "1", "-name", "hplain", "-machine", "xenfv"},
          .ignore = {},
          .open = kDevices,
          .connect = {ScratchHost::kStoreSocket, ScratchHost::kStoreSocket}};
}

StandInOptions restricted(const ScratchHost& host) {
  std::filesystem::create_directory("/run/xen/qemu-root-2");
  StandInOptions options = plain(host);
  options.arguments = {"-xen-domid", "2",
                       "-S",         "-name",
                       "hrestrict",  "-xen-domid-restrict",
                       "-chroot",    "/var/run/xen/qemu-root-2",
                       "-runas",     "2000002:2000000"};
  options.as_libxl_restricts = true;
  return options;
}

StandInOptions with_user(const ScratchHost& host) {
  StandInOptions options = plain(host);
  options.arguments = {"-xen-domid", "3", "-name", "huser", "-runas", "dmuser"};
  return options;
}

Process look_at(pid_t pid) {
  const Fact<Process> process = ProcFilesystem().look_at({static_cast<Pid>(pid)}).front();
  REQUIRE(process.is_known());
  return *process;
}

std::vector<std::string> targets(const Process& process) {
  REQUIRE(process.descriptors.is_known());
  std::vector<std::string> all;
  for (const Descriptor& one : *process.descriptors) all.push_back(one.target);
  return all;
}

std::size_t count_targets(const Process& process, const std::string& target) {
  const std::vector<std::string> all = targets(process);
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), target));
}

std::size_t store_connections(const Process& process) {
  REQUIRE(process.descriptors.is_known());
  std::size_t count = 0;
  for (const Descriptor& one : *process.descriptors) {
    REQUIRE_FALSE(one.peer.is_unknown());
    if (one.peer.is_known() && *one.peer == ScratchHost::kStoreSocket) ++count;
  }
  return count;
}

bool shares(const Process& process, const std::string& kind) {
  REQUIRE(process.namespaces.is_known());
  for (const Namespace& one : *process.namespaces) {
    if (one.kind == kind) return one.ours == Fact<bool>(true);
  }
  FAIL("no namespace " + kind);
  return false;
}

Fact<std::string> peer_of(const Process& process, std::uint32_t number) {
  for (const Descriptor& one : *process.descriptors) {
    if (one.number == number) return one.peer;
  }
  FAIL("no descriptor " << number);
  return {};
}

Limit limit(const Process& process, const std::string& name) {
  REQUIRE(process.limits.is_known());
  for (const Limit& one : *process.limits) {
    if (one.name == name) return one;
  }
  FAIL("no limit " + name);
  return {};
}

bool is_root() { return geteuid() == 0; }

// A process that does `body` and then waits; it ends with this object.
class Waiting {
 public:
  explicit Waiting(const std::function<bool()>& body) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      close(ready[0]);
      const char answer = body() ? 'y' : 'n';
      if (write(ready[1], &answer, 1) != 1) _exit(1);
      close(ready[1]);
      while (true) std::this_thread::sleep_for(std::chrono::hours(1));
    }
    close(ready[1]);
    char answer = 0;
    const bool good = read(ready[0], &answer, 1) == 1 && answer == 'y';
    close(ready[0]);
    REQUIRE(good);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

}  // namespace

TEST_CASE("a device model without restrictions") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  const StandIn stand_in(plain(host));
  host.accept_connections();
  const Process process = look_at(stand_in.pid());
  CHECK(process.executable == Fact<std::string>(program_of(host)));
  std::vector<std::string> arguments = plain(host).arguments;
  arguments.insert(arguments.begin(), program_of(host));
  CHECK(*process.arguments == arguments);
  CHECK(*process.credentials.uids == Ids{0, 0, 0, 0});
  CHECK(process.credentials.capabilities->effective != 0);
  CHECK(process.credentials.seccomp == Fact<std::uint32_t>(0U));
  CHECK(process.credentials.no_new_privileges == Fact<bool>(false));
  CHECK(*process.root == "/");
  CHECK(shares(process, "mnt"));
  CHECK(shares(process, "ipc"));
  for (const std::string& device : kDevices) CHECK(count_targets(process, device) == 1);
  CHECK(store_connections(process) == 2);
}

TEST_CASE("a device model under dm_restrict") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  const StandIn stand_in(restricted(host));
  host.accept_connections();
  const Process process = look_at(stand_in.pid());
  CHECK(*process.credentials.uids == Ids{2000002, 2000002, 2000002, 2000002});
  CHECK(*process.credentials.gids == Ids{2000000, 2000000, 2000000, 2000000});
  CHECK(*process.credentials.groups == std::vector<std::uint32_t>{2000000});
  CHECK(process.credentials.capabilities->effective == 0);
  CHECK(process.credentials.capabilities->permitted == 0);
  CHECK(*process.other_threads == 0);
  CHECK(*process.root == "/run/xen/qemu-root-2");
  CHECK_FALSE(shares(process, "mnt"));
  CHECK_FALSE(shares(process, "ipc"));
  CHECK(shares(process, "net"));
  CHECK(limit(process, "Max file size") == Limit{"Max file size", 262144, 262144});
  for (const char* none :
       {"Max core file size", "Max msgqueue size", "Max file locks", "Max locked memory"}) {
    CHECK(limit(process, none) == Limit{none, 0, 0});
  }
  CHECK(store_connections(process) == 0);
  CHECK(count_targets(process, "/dev/null") >= 3);
  CHECK(count_targets(process, "/dev/xen/hypercall") == 0);
  CHECK(count_targets(process, "/dev/xen/privcmd") == 1);
}

TEST_CASE("a device model with a user of its own, and no other restriction") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  const StandIn stand_in(with_user(host));
  host.accept_connections();
  const Process process = look_at(stand_in.pid());
  CHECK(*process.credentials.uids == Ids{2100000, 2100000, 2100000, 2100000});
  CHECK(*process.root == "/");
  CHECK(shares(process, "mnt"));
  CHECK(store_connections(process) == 2);
}

TEST_CASE("a restriction asked for that is not in force shows") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  StandInOptions options = restricted(host);
  options.ignore = {"-xen-domid-restrict", "-chroot", "-runas"};
  const StandIn stand_in(options);
  host.accept_connections();
  const Process process = look_at(stand_in.pid());
  CHECK(process.arguments->back() == "2000002:2000000");
  CHECK(process.credentials.uids->effective == 0);
  CHECK(*process.root == "/");
  CHECK(store_connections(process) == 2);
}

TEST_CASE("device models are found, and recorded as they were seen") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  const StandIn first(plain(host));
  const StandIn second(restricted(host));
  StandInOptions other_options = plain(host);
  other_options.arguments = {"-name", "none of Xen's"};
  const StandIn other(other_options);
  host.accept_connections();

  ProcFilesystem source;
  const Pid gone = 4'000'000;  // above any pid the kernel gives
  const HostFacts facts = collect(source, {.pids = {gone},
                                           .arguments = {"-xen-domid"},
                                           .users = {"xen-qemuuser-range-base", "no-such-user"},
                                           .uid_ranges = {{2000000, 2032751}},
                                           .domain_records = {}});
  CHECK(facts.process(gone).is_absent());
  CHECK(facts.process(static_cast<Pid>(first.pid())).is_known());
  CHECK(facts.process(static_cast<Pid>(second.pid()))->credentials.uids->real == 2000002);
  CHECK(facts.process(static_cast<Pid>(other.pid())).is_unknown());
  CHECK(facts.user("xen-qemuuser-range-base")->uid == 2000000);
  CHECK(facts.user("no-such-user").is_absent());
  CHECK(facts.users_of(2000000)->size() == 1);
  CHECK(facts.users_of(2000002)->empty());

  const auto read = read_process_record(write_process_record(facts), "record");
  REQUIRE(read.ok());
  CHECK(*read == facts);
}

TEST_CASE("a command line with anything in it is read as it is") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  StandInOptions options = plain(host);
  options.arguments = {"", "-name", "x\nUid:\t0\n\x1b]0;title\x07\xff\xc3",
                       std::string(100'000, 'A'), ""};
  const StandIn stand_in(options);
  options.arguments.insert(options.arguments.begin(), program_of(host));
  CHECK(*look_at(stand_in.pid()).arguments == options.arguments);

  for (int i = 0; i < 3; ++i) options.arguments.push_back(std::string(100'000, 'B'));
  const StandIn longer(options);
  CHECK(look_at(longer.pid()).arguments.is_unknown());
}

TEST_CASE("a process that ended is absent, one that nobody waited for has nothing left") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(0);
  siginfo_t ended{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) == 0);
  const Process zombie = look_at(child);
  CHECK(*zombie.state == "Z");
  CHECK(zombie.executable.is_absent());
  CHECK(zombie.arguments->empty());
  waitpid(child, nullptr, 0);
  CHECK(ProcFilesystem().look_at({static_cast<Pid>(child)}).front().is_absent());
}

TEST_CASE("processes that end at any moment are there or not, never in part") {
  for (int i = 0; i < 300; ++i) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(i * 5);
      while (std::chrono::steady_clock::now() < end) continue;
      _exit(0);
    }
    const Fact<Process> process = ProcFilesystem().look_at({static_cast<Pid>(child)}).front();
    waitpid(child, nullptr, 0);
    REQUIRE(process.is_known());  // a zombie at least, until it is waited for
    REQUIRE(process->credentials.uids.is_known());
    REQUIRE(process->arguments.is_known());
    if (process->executable.is_known()) CHECK_FALSE(process->executable->empty());
  }
}

TEST_CASE("a thread that kept what the others gave up is counted") {
  if (!is_root()) return;
  const Waiting child([] {
    std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
    // Not setresuid(): the C library would do it for every thread.
    return syscall(SYS_setresuid, 65533, 65533, 65533) == 0;
  });
  const Process process = look_at(child.pid());
  CHECK(process.credentials.uids->real == 65533);
  CHECK(*process.other_threads == 1);
}

TEST_CASE("a system call filter and no_new_privs show") {
  const Waiting child([] {
    const auto confinement = confine({.descriptors = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12}});
    return confinement.ok() && confinement->missing().empty();
  });
  const Process process = look_at(child.pid());
  CHECK(*process.credentials.seccomp == 2);
  CHECK(*process.credentials.no_new_privileges);
}

// A kernel without the module that lists Unix sockets.
Process look_without_list(pid_t pid) {
  ProcFilesystem source("/proc", [] { return Fact<UnixSocketTable>::unknown("no list"); });
  const Fact<Process> process = source.look_at({static_cast<Pid>(pid)}).front();
  REQUIRE(process.is_known());
  return *process;
}

TEST_CASE("connections to the store show without a list of all sockets") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  const StandIn first(plain(host));
  const StandIn second(restricted(host));
  CHECK(store_connections(look_without_list(first.pid())) == 2);  // accepted or not
  host.accept_connections();
  CHECK(store_connections(look_without_list(first.pid())) == 2);
  CHECK(store_connections(look_without_list(second.pid())) == 0);
}

TEST_CASE("a socket that is another one by now is not asked") {
  const Waiting child([] { return dup2(socket(AF_UNIX, SOCK_STREAM, 0), 100) == 100; });
  const auto pid = static_cast<Pid>(child.pid());
  CHECK(peer_of_borrowed_socket(pid, {.number = 100, .target = "socket:[1]"}) ==
        Fact<std::string>::unknown("it was closed meanwhile"));
  CHECK(peer_of_borrowed_socket(pid, {.number = 99, .target = "socket:[1]"}).is_unknown());
  CHECK(peer_of_borrowed_socket(4'000'000, {.number = 0, .target = "socket:[1]"}).is_unknown());
}

TEST_CASE("every sort of socket is told apart") {
  const auto look = GENERATE(look_at, look_without_list);
  const Waiting child([&] {
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && dup2(pair[0], 100) == 100 &&
           dup2(pair[1], 101) == 101 && dup2(socket(AF_INET, SOCK_STREAM, 0), 102) == 102 &&
           dup2(socket(AF_UNIX, SOCK_DGRAM, 0), 103) == 103;
  });
  const Process process = look(child.pid());
  CHECK(peer_of(process, 100) ==
        Fact<std::string>(std::string()));  // connected, to one that is bound to nothing
  CHECK(peer_of(process, 101) == Fact<std::string>(std::string()));
  CHECK(peer_of(process, 102).is_absent());
  CHECK(peer_of(process, 103).is_absent());
}

TEST_CASE("a socket of another network namespace is not taken for none") {
  if (!is_root()) return;
  const Waiting child([] {
    int pair[2];
    return unshare(CLONE_NEWNET) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 &&
           dup2(pair[0], 100) == 100;
  });
  const Process process = look_at(child.pid());
  CHECK_FALSE(shares(process, "net"));
  CHECK(peer_of(process, 100).is_unknown());
}

TEST_CASE("without the right to look, what is hidden is unknown and says why") {
  if (!may_have_own_mounts()) return;
  ScratchHost host(kUsers);
  const StandIn stand_in(plain(host));
  const ChildResult child = run_in_child([&](int report) {
    if (setgroups(0, nullptr) != 0 || setresgid(65533, 65533, 65533) != 0 ||
        setresuid(65533, 65533, 65533) != 0) {
      return 1;
    }
    ProcFilesystem source;
    const HostFacts facts = collect(source, {.pids = {static_cast<Pid>(stand_in.pid())},
                                             .arguments = {"-xen-domid"},
                                             .users = {},
                                             .uid_ranges = {},
                                             .domain_records = {}});
    const std::string text = write_process_record(facts);
    return write(report, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 2;
  });
  REQUIRE(exited_with(child, 0));
  const auto facts = read_process_record(child.said, "child");
  REQUIRE(facts.ok());
  const Fact<Process>& process = facts->process(static_cast<Pid>(stand_in.pid()));
  REQUIRE(process.is_known());
  CHECK(process->arguments->at(2) == "1");
  CHECK(process->credentials.uids->real == 0);
  CHECK(process->limits.is_known());
  const std::string reason = "it may not be read (Permission denied)";
  CHECK(process->executable == Fact<std::string>::unknown(reason));
  CHECK(process->root == Fact<std::string>::unknown(reason));
  CHECK(process->namespaces == Fact<std::vector<Namespace>>::unknown(reason));
  CHECK(process->descriptors == Fact<std::vector<Descriptor>>::unknown(reason));
}

}  // namespace xsaudit
