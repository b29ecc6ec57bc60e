#include "support/held_program.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

struct ProcessState {
  std::string name;
  char state = 'X';
  pid_t parent = -1;
};

// proc(5): "1234 (name) S 1 …". None of the processes in question has ")" in its name.
ProcessState state_of(pid_t process) {
  ProcessState found;
  // Line by line, as other ways to read throw if the process ends meanwhile.
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t begin = text.find('(');
  const std::size_t end = text.rfind(')');
  if (begin == std::string::npos || end == std::string::npos) return found;
  found.name = text.substr(begin + 1, end - begin - 1);
  std::istringstream(text.substr(end + 1)) >> found.state >> found.parent;
  return found;
}

}  // namespace

bool runs(pid_t process) {
  const char state = state_of(process).state;
  return state != 'X' && state != 'Z';
}

std::vector<pid_t> children_of(pid_t process, const std::string& name) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string number = entry.path().filename();
    pid_t child = -1;
    std::from_chars(number.data(), number.data() + number.size(), child);
    if (child <= 0) continue;
    const ProcessState state = state_of(child);
    if (state.parent == process && state.name == name) children.push_back(child);
  }
  return children;
}

HeldProgram::HeldProgram(const std::string& program, const std::vector<std::string>& arguments,
                         unsigned int at_request, In in)
    : in_(in) {
  int say[2];
  int go[2];
  require(::pipe(say) == 0, "HeldProgram: ::pipe(say) == 0");
  require(::pipe(go) == 0, "HeldProgram: ::pipe(go) == 0");
  output_ = ::memfd_create("output", MFD_CLOEXEC);
  require(output_ >= 0, "HeldProgram: no memory for its output");
  process_ = ::fork();
  require(process_ >= 0, "HeldProgram: process_ >= 0");
  if (process_ == 0) {
    ::setpgid(0, 0);
    ::close(say[0]);
    ::close(go[1]);
    ::dup2(go[0], STDIN_FILENO);
    ::dup2(output_, STDOUT_FILENO);
    ::dup2(say[1], STDERR_FILENO);
    ::setenv("LD_PRELOAD", XSAUDIT_HOLD_LIBRARY, 1);
    ::setenv("XSAUDIT_HOLD_AT", std::to_string(at_request).c_str(), 1);
    ::setenv("XSAUDIT_HOLD_IN", in == In::main ? "main" : "later", 1);
    std::vector<char*> list = {const_cast<char*>(program.c_str())};
    for (const std::string& one : arguments) list.push_back(const_cast<char*>(one.c_str()));
    list.push_back(nullptr);
    ::execv(program.c_str(), list.data());
    ::_exit(127);
  }
  ::close(say[1]);
  ::close(go[0]);
  said_ = say[0];
  go_ = go[1];
  // Its other output on standard error does not contain a byte of value 1.
  char byte = 0;
  while (!held_ && ::read(said_, &byte, 1) == 1) held_ = byte == 1;
}

HeldProgram::~HeldProgram() {
  if (process_ > 0) {
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(said_);
  ::close(go_);
  ::close(output_);
}

pid_t HeldProgram::watch_process() const {
  std::vector<pid_t> parents = {process_};
  if (in_ == In::later) parents = children_of(process_, "xsaudit");
  for (const pid_t parent : parents) {
    const auto found = children_of(parent, "xsaudit-watch");
    if (!found.empty()) return found.front();
  }
  return -1;
}

void HeldProgram::stop(int signal) {
  require(::kill(-process_, signal) == 0, "HeldProgram: it cannot be stopped");
  await_stop();
}

void HeldProgram::await_stop() {
  int status = 0;
  const bool stopped = ::waitpid(process_, &status, WUNTRACED) == process_ && WIFSTOPPED(status);
  require(stopped, "HeldProgram: it was not stopped");
}

void HeldProgram::let_go() {
  const char byte = '.';
  require(::write(go_, &byte, 1) == 1, "HeldProgram: ::write(go_, &byte, 1) == 1");
}

void HeldProgram::go_on() {
  ::kill(-process_, SIGCONT);
  let_go();
}

HeldProgram::Ended HeldProgram::end() {
  Ended ended;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  int status = 0;
  while (::waitpid(process_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) return ended;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  process_ = -1;
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ended.output = contents_of("/proc/self/fd/" + std::to_string(output_));
  return ended;
}

}  // namespace xsaudit
