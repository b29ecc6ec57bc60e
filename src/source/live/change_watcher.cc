#include "source/live/change_watcher.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/child_process.h"
#include "base/system_io.h"

namespace xsaudit {
namespace {

constexpr auto kBetweenSigns = std::chrono::milliseconds(kLongestSilence) / 10;

Error failed(const std::string& what) {
  return {"live store", "the process that watches it " + what, ""};
}

}  // namespace

Result<std::unique_ptr<ChangeWatcher>> ChangeWatcher::start(WireConnection connection,
                                                            const ConfineWatcher& confine) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return failed(std::string("cannot be started: ") + std::strerror(errno));
  }
  FileDescriptor own_end(ends[0]);
  const FileDescriptor its_end(ends[1]);
  const pid_t process = ::fork();
  if (process == 0) run_watch_process(its_end.get(), std::move(connection), confine);
  if (process < 0) return failed(std::string("cannot be started: ") + std::strerror(errno));
  return std::unique_ptr<ChangeWatcher>(new ChangeWatcher(process, std::move(own_end)));
}

// A confined process can neither kill nor wait for another. The closed end is as good.
ChangeWatcher::~ChangeWatcher() {
  control_.close();
  ::kill(process_, SIGKILL);
  wait_for_end(process_);
}

Status ChangeWatcher::watch(Watched what, Clock::time_point deadline) {
  watched_ = what;
  WatchAnswer answer;
  if (!ask(WatchOrder::What::watch, deadline, answer)) return no_answer();
  if (answer.what == WatchAnswer::What::watching) return ok();
  return Error{"live store", answer.text, ""};
}

Result<StoreChanges> ChangeWatcher::changes(WatchOrder::What question, Clock::time_point deadline) {
  WatchAnswer answer;
  if (!ask(question, deadline, answer)) return no_answer();
  if (answer.what == WatchAnswer::What::changes) return read_changes(answer.text);
  if (answer.what != WatchAnswer::What::given_back) return Error{"live store", answer.text, ""};
  XSAUDIT_TRY(watch(watched_, deadline));
  return StoreChanges{.paths = {}, .all = true, .introduced = true, .missed = true};
}

// The answer says that it is done. A daemon that does not answer keeps the process waiting for
// kLongestSilence, which is no reason for this one to wait as long. At the end of its orders the
// process takes the watches back, too.
void ChangeWatcher::unwatch(Clock::time_point deadline) {
  const auto latest = std::min(deadline, Clock::now() + 2 * kLongestSilence);
  WatchAnswer answer;
  if (!ask(WatchOrder::What::unwatch, latest, answer)) control_.close();
}

Error ChangeWatcher::no_answer() const {
  return failed(late_ ? "had no answer from xenstored in the time it was given" : "has ended");
}

void ChangeWatcher::alive() {
  const auto now = Clock::now();
  if (now < next_sign_ || !control_.is_open()) return;
  next_sign_ = now + kBetweenSigns;
  order(WatchOrder::What::alive);
}

// An order finds no room only if the process is stopped; the kernel is about to kill it.
bool ChangeWatcher::order(WatchOrder::What what) {
  const WatchOrder order{.what = what, .watched = watched_};
  ssize_t sent = 0;
  do sent = ::send(control_.get(), &order, sizeof order, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == sizeof order;
}

// Once an answer did not come whole, what comes next is the answer to nothing.
bool ChangeWatcher::ask(WatchOrder::What what, Clock::time_point deadline, WatchAnswer& answer) {
  WatchAnswer::Head head;
  if (late_ || !control_.is_open() || !order(what)) return false;
  if (!receive(reinterpret_cast<char*>(&head), sizeof head, deadline)) return false;
  if (head.size > most_answer_bytes()) return false;
  answer.what = head.what;
  answer.text.resize(head.size);
  return receive(answer.text.data(), answer.text.size(), deadline);
}

bool ChangeWatcher::receive(char* room, std::size_t size, Clock::time_point deadline) {
  if (read_whole(control_.get(), room, size, deadline)) return true;
  late_ = errno == ETIMEDOUT;
  return false;
}

}  // namespace xsaudit
