#include "host/facts/collect_in_child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <thread>

#include "base/file_descriptor.h"
#include "base/system_io.h"
#include "host/facts/process_record.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxBytes = std::size_t{256} << 20;  // of answers

Error failed(const std::string& what) { return {"processes of the host", what, {}}; }

[[noreturn]] void answer(int pipe_end, ProcessSource& source, const HostQuestions& questions) {
  _exit(write_whole(pipe_end, write_process_record(collect(source, questions))) ? 0 : 1);
}

// Reads until the other end is closed.
Result<std::string> read_answers(int pipe_end, Clock::time_point deadline) {
  std::string text;
  if (!read_to_end(pipe_end, text, kMaxBytes, deadline)) {
    return failed(errno == ETIMEDOUT ? "examining them took too long"
                                     : std::generic_category().message(errno));
  }
  if (text.size() > kMaxBytes) return failed("the facts about them are too large");
  return text;
}

// Whether the child ended without an error. A child that hangs in the kernel is not waited for.
bool end(pid_t child) {
  constexpr int kPatience = 100;
  int status = 0;
  for (int attempt = 0; attempt < kPatience; ++attempt) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (ended < 0 && errno != EINTR) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

Result<std::string> collect_in_child(ProcessSource& source, const HostQuestions& questions,
                                     std::chrono::seconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  Pipe pipe;
  if (!pipe.open()) return failed(std::generic_category().message(errno));
  const pid_t child = fork();
  if (child == 0) {
    pipe.read_end.close();
    answer(pipe.write_end.get(), source, questions);
  }
  if (child < 0) return failed(std::generic_category().message(errno));
  pipe.write_end.close();
  Result<std::string> text = read_answers(pipe.read_end.get(), deadline);
  pipe.read_end.close();
  if (!text) kill(child, SIGKILL);
  const bool well = end(child);
  XSAUDIT_TRY(text);
  if (!well) return failed("the process that reads them died");
  return text;
}

}  // namespace xsaudit
