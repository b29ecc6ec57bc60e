#include "source/live/change_watcher.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace xsaudit {
namespace {

constexpr auto kBetweenSigns = std::chrono::milliseconds(kLongestSilence) / 10;

Error failed(const std::string& what) {
  return {"live store", "the process that watches it " + what, ""};
}

}  // namespace

Result<std::unique_ptr<ChangeWatcher>> ChangeWatcher::start(WireConnection connection,
                                                            const std::string& user) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return failed(std::string("cannot be started: ") + std::strerror(errno));
  }
  const pid_t process = ::fork();
  if (process == 0) run_watch_process(ends[1], std::move(connection), user);
  const int error = errno;
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    return failed(std::string("cannot be started: ") + std::strerror(error));
  }
  return std::unique_ptr<ChangeWatcher>(new ChangeWatcher(process, ends[0]));
}

// A confined process can neither kill nor wait for another. The closed end is as good.
ChangeWatcher::~ChangeWatcher() {
  unwatch();
  leave();
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Status ChangeWatcher::watch(Watched what, Clock::time_point deadline) {
  watched_ = what;
  WatchAnswer answer;
  if (!ask(WatchOrder::What::watch, deadline, answer)) return no_answer();
  if (answer.what == WatchAnswer::What::watching) return ok();
  return Error{"live store", answer.text, ""};
}

Result<StoreChanges> ChangeWatcher::changes(Clock::time_point deadline) {
  WatchAnswer answer;
  if (!ask(WatchOrder::What::changes, deadline, answer)) return no_answer();
  if (answer.what == WatchAnswer::What::changes) return read_changes(answer.text);
  if (answer.what != WatchAnswer::What::given_back) return Error{"live store", answer.text, ""};
  XSAUDIT_TRY(watch(watched_, deadline));
  return StoreChanges{.paths = {}, .all = true, .introduced = true};
}

// The answer says that it is done. It is not waited for longer than the process may take. At the
// end of its orders the process takes the watches back, too.
void ChangeWatcher::unwatch() {
  WatchAnswer answer;
  if (!ask(WatchOrder::What::unwatch, Clock::now() + 2 * kLongestSilence, answer)) leave();
}

void ChangeWatcher::leave() {
  if (control_ >= 0) ::close(control_);
  control_ = -1;
}

Error ChangeWatcher::no_answer() const {
  return failed(late_ ? "had no answer from xenstored in the time it was given" : "has ended");
}

void ChangeWatcher::alive() {
  const auto now = Clock::now();
  if (now < next_sign_ || control_ < 0) return;
  next_sign_ = now + kBetweenSigns;
  order(WatchOrder::What::alive);
}

// What finds no room is for a process that is stopped, and is about to be killed for it.
bool ChangeWatcher::order(WatchOrder::What what) {
  const WatchOrder order{.what = what, .watched = watched_};
  ssize_t sent = 0;
  do sent = ::send(control_, &order, sizeof order, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == sizeof order;
}

// Once an answer did not come whole, what comes next is the answer to nothing.
bool ChangeWatcher::ask(WatchOrder::What what, Clock::time_point deadline, WatchAnswer& answer) {
  WatchAnswer::Head head;
  if (late_ || control_ < 0 || !order(what)) return false;
  if (!receive(reinterpret_cast<char*>(&head), sizeof head, deadline)) return false;
  if (head.size > most_answer_bytes()) return false;
  answer.what = head.what;
  answer.text.resize(head.size);
  return receive(answer.text.data(), answer.text.size(), deadline);
}

bool ChangeWatcher::receive(char* room, std::size_t size, Clock::time_point deadline) {
  while (size > 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    late_ = left.count() <= 0;
    if (late_) return false;
    pollfd ready{.fd = control_, .events = POLLIN, .revents = 0};
    const auto most = std::min<std::int64_t>(left.count(), 60'000);
    if (::poll(&ready, 1, static_cast<int>(most)) <= 0) continue;
    const ssize_t count = ::recv(control_, room, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    room += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace xsaudit
