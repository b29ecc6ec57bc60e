#include "base/child_process.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/system_io.h"

namespace xsaudit {

Result<ChildProcess> ChildProcess::start(const std::string& place, End end,
                                         const std::function<void(int from, int to)>& serve) {
  Pipe questions;
  Pipe answers;
  if (!questions.open() || !answers.open()) return system_error(place, "no pipe", errno);
  const pid_t parent = getpid();
  ChildProcess child;
  child.process = fork();
  if (child.process < 0) return system_error(place, "cannot start a process", errno);
  child.to = std::move(questions.write_end);
  child.from = std::move(answers.read_end);
  if (child.process > 0) return child;

  child.to.close();
  child.from.close();
  if (end == End::killed_with_parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);  // the parent has already ended
  }
  serve(questions.read_end.get(), answers.write_end.get());
  _exit(0);
}

void wait_for_end(pid_t process) {
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace xsaudit
