#include "host/facts/collect_in_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <thread>

#include "host/facts/process_record.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxBytes = std::size_t{256} << 20;  // of answers

Error failed(const std::string& what) { return {"processes of the host", what, {}}; }

[[noreturn]] void answer(int pipe_end, ProcessSource& source, const HostQuestions& questions) {
  const std::string text = write_process_record(collect(source, questions));
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t written = write(pipe_end, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  _exit(0);
}

// All that comes until the other end is closed.
Result<std::string> read_answers(int pipe_end, Clock::time_point deadline) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return failed("looking at them took too long");
    pollfd ready{.fd = pipe_end, .events = POLLIN, .revents = 0};
    const int count = poll(&ready, 1, static_cast<int>(left.count()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(std::generic_category().message(errno));
    if (count == 0) continue;
    const ssize_t got = read(pipe_end, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(std::generic_category().message(errno));
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxBytes) return failed("there is too much to be said of them");
  }
}

// Whether it ended well. One that hangs in the kernel is not waited for.
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

Result<HostFacts> collect_in_child(ProcessSource& source, const HostQuestions& questions,
                                   std::chrono::seconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failed(std::generic_category().message(errno));
  }
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    answer(ends[1], source, questions);
  }
  const int error = errno;
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return failed(std::generic_category().message(error));
  }
  const Result<std::string> text = read_answers(ends[0], deadline);
  close(ends[0]);
  if (!text) kill(child, SIGKILL);
  const bool well = end(child);
  XSAUDIT_TRY(text);
  if (!well) return failed("the process that looked at them died");
  return read_process_record(*text, "processes");
}

}  // namespace xsaudit
