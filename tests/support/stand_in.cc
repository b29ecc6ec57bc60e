#include "support/stand_in.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace xsaudit {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// Does the same as libxl__local_dm_preexec_restrict of libxl_linux.c.
bool restrict_as_libxl() {
  const auto limit = [](auto resource, rlim_t value) {
    const rlimit both{value, value};
    return setrlimit(resource, &both) == 0;
  };
  return unshare(CLONE_NEWNS | CLONE_NEWIPC) == 0 && limit(RLIMIT_FSIZE, 256 << 10) &&
         limit(RLIMIT_CORE, 0) && limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_LOCKS, 0) &&
         limit(RLIMIT_MEMLOCK, 0);
}

[[noreturn]] void become_stand_in(const StandInOptions& options, int ready) {
  // Descriptors of the test must not appear among the device model's.
  ready = dup2(ready, STDERR_FILENO + 1);
  syscall(SYS_close_range, ready + 1, ~0U, 0U);
  if (options.as_libxl_restricts && !restrict_as_libxl()) _exit(90);
  const std::vector<std::string> environment = {
      "STAND_IN_OPEN=" + joined(options.open), "STAND_IN_CONNECT=" + joined(options.connect),
      "STAND_IN_IGNORE=" + joined(options.ignore), "STAND_IN_READY=" + std::to_string(ready)};
  std::vector<char*> arguments = {const_cast<char*>(options.program.c_str())};
  for (const std::string& argument : options.arguments) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  std::vector<char*> variables;
  for (const std::string& variable : environment) {
    variables.push_back(const_cast<char*>(variable.c_str()));
  }
  variables.push_back(nullptr);
  execve(options.program.c_str(), arguments.data(), variables.data());
  _exit(91);
}

}  // namespace

StandIn::StandIn(const StandInOptions& options) : pid_(-1) {
  std::filesystem::create_directories(std::filesystem::path(options.program).parent_path());
  std::filesystem::copy_file(XSAUDIT_STAND_IN, options.program,
                             std::filesystem::copy_options::skip_existing);
  std::array<int, 2> ready{};
  REQUIRE(pipe2(ready.data(), O_CLOEXEC) == 0);
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    become_stand_in(options, ready[1]);
  }
  close(ready[1]);
  char byte = 0;
  const bool is_ready = read(ready[0], &byte, 1) == 1;
  close(ready[0]);
  REQUIRE(is_ready);
}

StandIn::StandIn(StandIn&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

StandIn::~StandIn() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace xsaudit
