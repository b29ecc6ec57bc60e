#include "support/running_daemon.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
extern "C" {  // the header does not say it
#include <xenstore.h>
}

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace xsaudit {
namespace {

constexpr std::size_t kPageBytes = 4096;

// Debian has one folder for each version of Xen.
std::string program_of(Daemon kind) {
  const std::string name = to_text(kind);
  if (const char* const chosen = std::getenv("XSAUDIT_DAEMONS")) {
    std::string program = std::string(chosen) + "/" + name;
    return ::access(program.c_str(), X_OK) == 0 ? program : "";
  }
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
    const std::string folder = entry.path().filename();
    if (folder.rfind("xen-", 0) != 0) continue;
    std::string program = entry.path() / "bin" / name;
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream file(path);
  file << content;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace

bool RunningDaemon::available(Daemon kind) {
  if (!program_of(kind).empty()) return true;
  const char* const chosen = std::getenv("XSAUDIT_DAEMONS");
  const std::string why =
      std::string(to_text(kind)) + " is not " +
      (chosen != nullptr ? "in " + std::string(chosen) : "installed (Debian: xen-utils)");
  if (std::getenv("XSAUDIT_REQUIRE_DAEMONS") != nullptr) throw std::runtime_error(why);
  std::cerr << "not tested: " << why << "\n";
  return false;
}

RunningDaemon::RunningDaemon(Daemon kind, const std::string& settings) : kind_(kind) {
  char folder[] = "/tmp/xsaudit-daemon-XXXXXX";
  if (::mkdtemp(folder) == nullptr) throw std::runtime_error("cannot make a folder in /tmp");
  folder_ = folder;
  make_ring(0);
  write_file(folder_ + "/port", "1");
  write_file(folder_ + "/oxenstored.conf",
             "pid-file = " + folder_ + "/pid\n" + "access-log-file = " + folder_ + "/access.log\n" +
                 "xenstored-kva = " + folder_ + "/ring.0\n" + "xenstored-port = " + folder_ +
                 "/port\n" + settings);
  if (::mkfifo(events().c_str(), 0600) != 0) throw std::runtime_error("cannot make a pipe");
  ::setenv("XENSTORED_RUNDIR", folder_.c_str(), 1);
  start(program_of(kind), settings);
  wait_until_it_listens();
}

RunningDaemon::~RunningDaemon() { stop(); }

void RunningDaemon::stop() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::unsetenv("XENSTORED_RUNDIR");
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::ptrdiff_t RunningDaemon::open_descriptors() const {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(process_) + "/fd");
  return std::distance(begin(all), end(all));
}

void RunningDaemon::die() { signal_and_await(SIGKILL, WEXITED); }

void RunningDaemon::freeze() { signal_and_await(SIGSTOP, WSTOPPED); }

void RunningDaemon::thaw() { ::kill(process_, SIGCONT); }

void RunningDaemon::signal_and_await(int signal, int change) {
  siginfo_t ignored;
  // WNOWAIT: stop() still has to wait for it.
  if (::kill(process_, signal) != 0 ||
      ::waitid(P_PID, static_cast<id_t>(process_), &ignored, change | WNOWAIT) != 0) {
    throw std::runtime_error(std::string(to_text(kind_)) + " cannot be signalled");
  }
}

std::string RunningDaemon::make_ring(Domid domid) const {
  std::string path = folder_ + "/ring." + std::to_string(domid);
  write_file(path, std::string(kPageBytes, '\0'));
  return path;
}

void RunningDaemon::start(const std::string& program, const std::string& argument) {
  const std::string config = folder_ + "/oxenstored.conf";
  const std::string log_path = folder_ + "/log";
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("cannot fork");
  if (process_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int log_file = ::open(log_path.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(log_file, STDOUT_FILENO);
  ::dup2(log_file, STDERR_FILENO);
  ::setenv("LD_PRELOAD", XSAUDIT_STAND_IN_LIBRARY, 1);
  ::setenv("XSAUDIT_STAND_IN", folder_.c_str(), 1);
  if (kind_ == Daemon::cxenstored) {
    ::execl(program.c_str(), program.c_str(), "-N", argument.empty() ? nullptr : argument.c_str(),
            nullptr);
  } else {
    ::execl(program.c_str(), program.c_str(), "--no-fork", "--config-file", config.c_str(),
            nullptr);
  }
  ::_exit(127);
}

void RunningDaemon::wait_until_it_listens() {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + std::chrono::seconds(20);
  while (steady_clock::now() < deadline) {
    if (xs_handle* handle = xs_open(0)) {
      // It listens before it is ready; it is once it answers.
      unsigned int length = 0;
      void* answer = xs_read(handle, XBT_NULL, "/tool", &length);
      xs_close(handle);
      std::free(answer);
      if (answer != nullptr) return;
    }
    if (::waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = -1;
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const std::string said = log();
  stop();
  throw std::runtime_error(std::string(to_text(kind_)) + " does not start: " + said);
}

std::string RunningDaemon::log() const {
  std::ifstream file(folder_ + "/log");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void with_each_daemon(const std::function<void(RunningDaemon&)>& test) {
  for (const Daemon kind : RunningDaemon::kKinds) {
    if (!RunningDaemon::available(kind)) continue;
    RunningDaemon daemon(kind);
    test(daemon);
  }
}

}  // namespace xsaudit
