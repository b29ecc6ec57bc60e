// live STORE ROUNDS XSAUDIT…: what a snapshot and an audit of a live host cost: requests, how long
// they take, and the processor time of the program and of the daemon. STORE is a recording, loaded
// into C xenstored and into oxenstored one after the other; every domain it has is introduced, as
// the daemon is asked about each of them. See live.sh.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "source/recording/dump_reader.h"
#include "support/recording_proxy.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

struct Cost {  // milliseconds; the best of the rounds
  double elapsed = std::numeric_limits<double>::infinity();
  double program = std::numeric_limits<double>::infinity();
  double daemon = std::numeric_limits<double>::infinity();
  int status = 0;
};

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

// Linux Documentation/scheduler/sched-stats.rst: the first number is the time on a processor, in
// nanoseconds. /proc/PID/stat counts in hundredths of a second.
double processor_milliseconds(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/schedstat");
  double nanoseconds = 0;
  file >> nanoseconds;
  return nanoseconds / 1e6;
}

void run(const std::vector<std::string>& command, pid_t daemon, Cost& best) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const double daemon_before = processor_milliseconds(daemon);
  const auto start = Clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child || !WIFEXITED(status)) {
    throw std::runtime_error(command[0] + " could not be run to its end");
  }
  const std::chrono::duration<double, std::milli> elapsed = Clock::now() - start;
  best.elapsed = std::min(best.elapsed, elapsed.count());
  best.program =
      std::min(best.program, milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime));
  best.daemon = std::min(best.daemon, processor_milliseconds(daemon) - daemon_before);
  best.status = WEXITSTATUS(status);
}

// By type, as xs_wire.h numbers them.
std::string requests_of(const std::vector<std::string>& command, const RunningDaemon& daemon) {
  const std::string socket = daemon.folder() + "/proxy";
  const RecordingProxy proxy(socket, daemon.socket());
  ::setenv("XENSTORED_PATH", socket.c_str(), 1);
  Cost ignored;
  run(command, daemon.process(), ignored);
  ::unsetenv("XENSTORED_PATH");
  ::unlink(socket.c_str());
  std::size_t all = 0;
  std::string text;
  for (const auto& [type, count] : proxy.requests()) {
    all += count;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " of type " + std::to_string(type);
  }
  return std::to_string(all) + " requests: " + text;
}

std::size_t introduce_domains(const Snapshot& store, RunningDaemon& daemon,
                              XenstoreClient& control) {
  std::size_t introduced = 0;
  const NodeId homes = store.find("/local/domain");
  for (NodeId home = store.first_child(homes); home != kNoNode; home = store.next_sibling(home)) {
    Domid domid = 0;
    const std::string_view name = store.name(home);
    std::from_chars(name.data(), name.data() + name.size(), domid);
    if (domid == 0) continue;
    daemon.make_ring(domid);
    control.introduce(domid);
    ++introduced;
  }
  return introduced;
}

void with_daemon(Daemon kind, const Snapshot& store, int rounds,
                 const std::vector<std::string>& programs) {
  RunningDaemon daemon(kind);
  XenstoreClient control;
  control.load(store);
  const std::size_t domains = introduce_domains(store, daemon, control);
  std::printf("%s, %zu domains, %zu nodes, best of %d\n", to_text(kind), domains, store.size(),
              rounds);

  std::vector<std::vector<std::string>> commands;
  for (const std::string& program : programs) {
    commands.push_back({program, "snapshot"});
    commands.push_back({program, "audit"});
  }
  std::vector<Cost> costs(commands.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < commands.size(); ++i) run(commands[i], daemon.process(), costs[i]);
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    std::string text;
    for (const std::string& word : commands[i]) text += word + " ";
    std::printf("  %-50s %7.1f ms, program %6.1f ms, daemon %6.1f ms, status %d\n    %s\n",
                text.c_str(), costs[i].elapsed, costs[i].program, costs[i].daemon, costs[i].status,
                requests_of(commands[i], daemon).c_str());
  }
  std::fflush(stdout);
}

int main_of(const char* recording, int rounds, const std::vector<std::string>& programs) {
  const int file = ::open(recording, O_RDONLY | O_CLOEXEC);
  const auto store = read_dump(file, recording);
  if (!store) throw std::runtime_error(store.error().text());
  for (const Daemon kind : RunningDaemon::kKinds) {
    if (RunningDaemon::available(kind)) with_daemon(kind, *store, rounds, programs);
  }
  return 0;
}

}  // namespace
}  // namespace xsaudit

int main(int count, char** arguments) {
  if (count < 4) {
    std::fputs("usage: live STORE ROUNDS XSAUDIT...\n", stderr);
    return 2;
  }
  try {
    return xsaudit::main_of(arguments[1], std::max(1, std::atoi(arguments[2])),
                            {arguments + 3, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "live: %s\n", error.what());
    return 1;
  }
}
