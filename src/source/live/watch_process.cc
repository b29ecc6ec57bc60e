#include "source/live/watch_process.h"

#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/escape.h"
#include "host/confine/confinement.h"
#include "source/live/store_reader.h"
#include "store/path.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTurn = kLongestStop / 5;
constexpr std::string_view kToken = "changed";

// The watches for Watched::domains and Watched::everything.
std::vector<const char*> watched_paths(Watched what) {
  if (what == Watched::domains) return {kIntroduceDomain, kReleaseDomain};
  return {kIntroduceDomain, kReleaseDomain, "/"};
}

// A timer that kills the process unless it is restarted in time. SIGKILL is the only signal that
// ends a process which is stopped, traced, or frozen (cgroup v2); timers of the kernel continue
// meanwhile.
class StopSwitch {
 public:
  StopSwitch() {
    sigevent kill{};
    kill.sigev_notify = SIGEV_SIGNAL;
    kill.sigev_signo = SIGKILL;
    made_ = ::timer_create(CLOCK_MONOTONIC, &kill, &timer_) == 0;
  }
  bool works() const { return made_; }
  void put_off() { set(kLongestStop); }
  void turn_off() { set({}); }

 private:
  void set(std::chrono::milliseconds time) {
    itimerspec when{};
    when.it_value.tv_sec = time.count() / 1000;
    when.it_value.tv_nsec = time.count() % 1000 * 1'000'000;
    if (made_) ::timer_settime(timer_, 0, &when, nullptr);
  }

  timer_t timer_{};
  bool made_ = false;
};

// Runs before all programs of normal priority if that is allowed: guests wait while this process
// waits for a processor, which took 1.8 s at normal priority next to three programs that compute
// (Linux 6.18). It needs some 10 µs for an event. If it ever ran for a second without a pause, the
// kernel would end it. Without the right to that priority it at least leaves nice -n 19 and idle
// classes.
void take_priority() {
  const rlimit longest_run{.rlim_cur = 1'000'000, .rlim_max = 1'000'000};  // microseconds
  sched_param first{};
  first.sched_priority = ::sched_get_priority_min(SCHED_RR);
  const sched_param none{};
  const int policy = ::sched_getscheduler(0);
  if (policy == SCHED_IDLE || policy == SCHED_BATCH) ::sched_setscheduler(0, SCHED_OTHER, &none);
  if (::getpriority(PRIO_PROCESS, 0) > 0) ::setpriority(PRIO_PROCESS, 0, 0);
  if (::setrlimit(RLIMIT_RTTIME, &longest_run) == 0) ::sched_setscheduler(0, SCHED_RR, &first);
}

// Descriptors that the process inherited would keep connections of others open.
void stand_alone(std::vector<int> descriptors) {
  ::setsid();
  for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP, SIGPIPE}) {
    ::signal(signal, SIG_IGN);
  }
  ::prctl(PR_SET_NAME, "xsaudit-watch");
  take_priority();
  std::sort(descriptors.begin(), descriptors.end());
  close_descriptors_but(descriptors);
}

class WatchProcess {
 public:
  WatchProcess(int control, WireConnection connection, StopSwitch stop_switch)
      : control_(control), stop_switch_(stop_switch), connection_(std::move(connection)) {
    // While this process is stopped, its watch would block guests.
    if (!stop_switch_.works()) fail("the kernel has no timer to end a process that is stopped");
  }

  // Serves until the other end is closed and nothing is watched.
  void run();

 private:
  // A request to the daemon. One is in flight at a time.
  struct Step {
    std::uint32_t type;
    std::string payload;
  };

  bool take_orders();  // false at the end of them
  void obey(const WatchOrder& order);
  void watch(Watched what);
  void unwatch();
  void add_steps(std::uint32_t type, Watched paths);
  void add_reads();
  void begin(WatchAnswer::What answer);
  void send_step();
  void take_messages();
  std::string problem_of(const WireMessage& message);
  void finish();
  void fail(std::string problem);
  void answer(WatchAnswer::What what, std::string_view text = {});
  void answer_unwatched();
  void send_answers();

  const int control_;
  StopSwitch stop_switch_;
  std::optional<WireConnection> connection_;
  std::string problem_;      // why there is no connection
  bool watching_ = false;    // from the request for it to the reply to that of its end
  bool unwatching_ = false;  // the watches are being given back
  bool ended_ = false;       // nothing more will be asked
  Watched watched_ = Watched::domains;
  WatchLog noted_;
  std::deque<Step> steps_;  // the first of them is in flight
  WatchAnswer::What next_answer_ = WatchAnswer::What::watching;
  bool owes_answer_ = false;
  bool awaiting_ = false;  // the answer is owed at the next change
  Clock::time_point await_until_{};
  std::uint32_t request_id_ = 0;
  Clock::time_point last_order_{};
  Clock::time_point unwatch_by_{};
  std::string orders_;   // received bytes that are not yet a whole order
  std::string answers_;  // answers that are not completely sent yet
  std::size_t answers_sent_ = 0;
};

void WatchProcess::run() {
  while (watching_ || !ended_) {
    const short unsent = answers_.empty() ? 0 : POLLOUT;
    std::array<pollfd, 2> waiting{};
    waiting[0] = {ended_ ? -1 : control_, static_cast<short>(POLLIN | unsent), 0};
    waiting[1] = {connection_ ? connection_->descriptor() : -1, POLLIN, 0};
    if (connection_ && connection_->has_unsent()) waiting[1].events |= POLLOUT;
    const auto most = std::chrono::milliseconds(kTurn).count();
    ::poll(waiting.data(), waiting.size(), watching_ ? static_cast<int>(most) : -1);
    if (watching_) stop_switch_.put_off();
    if (connection_) {
      connection_->flush();
      if ((waiting[1].revents & ~POLLOUT) != 0) connection_->receive();
      take_messages();
    }
    if (waiting[0].revents != 0 && !take_orders()) {
      ended_ = true;
      unwatch();
    }
    const auto now = Clock::now();
    if (awaiting_ && !unwatching_ && (!noted_.empty() || now >= await_until_)) {
      awaiting_ = false;
      answer(WatchAnswer::What::changes, write_changes(noted_.take()));
    }
    if (watching_ && now - last_order_ > kLongestSilence) unwatch();
    if (unwatching_ && now > unwatch_by_) fail("xenstored does not answer");
    send_answers();
  }
}

bool WatchProcess::take_orders() {
  std::array<char, 4096> room;
  const ssize_t count = ::recv(control_, room.data(), room.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return false;
  orders_.append(room.data(), static_cast<std::size_t>(count));
  last_order_ = Clock::now();
  for (WatchOrder order; orders_.size() >= sizeof order; orders_.erase(0, sizeof order)) {
    std::memcpy(&order, orders_.data(), sizeof order);
    obey(order);
  }
  return true;
}

void WatchProcess::obey(const WatchOrder& order) {
  if (order.what == WatchOrder::What::alive) return;
  if (order.what == WatchOrder::What::await && connection_ && watching_) {
    awaiting_ = true;
    await_until_ = Clock::now() + kLongestWait;
    return;
  }
  owes_answer_ = true;
  const bool to_watch = order.what == WatchOrder::What::watch;
  if (!connection_ || (!watching_ && !to_watch)) {
    answer_unwatched();
  } else if (to_watch) {
    watch(order.watched);
  } else if (order.what == WatchOrder::What::unwatch) {
    unwatch();
  } else if (!unwatching_) {
    begin(WatchAnswer::What::changes);
  }
}

// A watch that is there already is an error to the daemon, and one that is not, too.
void WatchProcess::watch(Watched what) {
  if (watching_) add_steps(XS_UNWATCH, watched_);
  watched_ = what;
  watching_ = true;
  unwatching_ = false;
  stop_switch_.put_off();
  add_steps(XS_WATCH, watched_);
  begin(WatchAnswer::What::watching);
}

void WatchProcess::unwatch() {
  if (!watching_ || unwatching_) return;
  unwatching_ = true;
  unwatch_by_ = Clock::now() + kLongestSilence;
  add_steps(XS_UNWATCH, watched_);
  add_reads();
}

// C xenstored sends the events of a change before the reply to a later request. oxenstored hands an
// event from the connection that caused it to ours while it writes, one turn after the change
// (connection.ml source_flush_watchevents), and writes it a turn later still; each reply takes at
// least a turn. A watch has an event of its own first.
void WatchProcess::add_reads() {
  for (int turn = 0; turn < 3; ++turn) {
    steps_.push_back({XS_READ, with_zero("/")});
    if (steps_.size() == 1) send_step();
  }
}

void WatchProcess::add_steps(std::uint32_t type, Watched paths) {
  for (const char* path : watched_paths(paths)) {
    steps_.push_back({type, with_zero(path) + with_zero(kToken)});
    if (steps_.size() == 1) send_step();
  }
}

void WatchProcess::begin(WatchAnswer::What answer) {
  next_answer_ = answer;
  add_reads();
}

void WatchProcess::send_step() {
  connection_->send(steps_.front().type, ++request_id_, 0, steps_.front().payload);
  connection_->flush();
}

void WatchProcess::take_messages() {
  WireMessage message;
  while (connection_ && connection_->next(message)) {
    const std::string problem = problem_of(message);
    if (!problem.empty()) return fail(problem);
    if (message.type == XS_WATCH_EVENT) continue;
    steps_.pop_front();
    if (!steps_.empty()) send_step();
  }
  if (connection_ && connection_->lost()) {
    fail("the connection was lost: " + connection_->problem());
  }
  // Checked only now: bytes after the last reply can show that the peer is not a daemon.
  if (steps_.empty() && (owes_answer_ || unwatching_)) finish();
}

// Empty if the message was expected. The children of "/" do not matter.
std::string WatchProcess::problem_of(const WireMessage& message) {
  if (message.type == XS_WATCH_EVENT) {
    const std::size_t end = message.payload.find('\0');
    const bool ours =
        end != std::string_view::npos && message.payload.substr(end + 1) == with_zero(kToken);
    if (!ours) return "xenstored reported a change for a watch that it does not have";
    noted_.note(message.payload.substr(0, end));
    return {};
  }
  const bool its_id = message.request_id == request_id_ || connection_->is_device();
  if (steps_.empty() || !its_id) {
    return "xenstored sent an answer without a request";
  }
  if (message.type == steps_.front().type) return {};
  if (message.type != XS_ERROR) {
    return "xenstored gave an answer that belongs to another request";
  }
  if (steps_.front().type != XS_WATCH) return {};
  return "it cannot be watched: " + escape_shortened(message.payload.substr(0, 40));
}

void WatchProcess::finish() {
  const StoreChanges changes = noted_.take();
  if (unwatching_) {
    watching_ = unwatching_ = false;
    stop_switch_.turn_off();
    if (owes_answer_ || awaiting_) answer_unwatched();
  } else if (next_answer_ == WatchAnswer::What::changes) {
    answer(next_answer_, write_changes(changes));
  } else {
    answer(next_answer_);
  }
}

// The watches end with the connection.
void WatchProcess::fail(std::string problem) {
  problem_ = std::move(problem);
  connection_.reset();
  watching_ = unwatching_ = false;
  stop_switch_.turn_off();
  steps_.clear();
  noted_.take();
  if (owes_answer_ || awaiting_) answer_unwatched();
}

void WatchProcess::answer_unwatched() {
  answer(connection_ ? WatchAnswer::What::given_back : WatchAnswer::What::failed, problem_);
}

void WatchProcess::answer(WatchAnswer::What what, std::string_view text) {
  owes_answer_ = awaiting_ = false;
  const WatchAnswer::Head head{.what = what, .size = static_cast<std::uint32_t>(text.size())};
  answers_.append(reinterpret_cast<const char*>(&head), sizeof head);
  answers_ += text;
}

void WatchProcess::send_answers() {
  if (answers_.empty()) return;
  const ssize_t count = ::send(control_, answers_.data() + answers_sent_,
                               answers_.size() - answers_sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count > 0) answers_sent_ += static_cast<std::size_t>(count);
  if (answers_sent_ < answers_.size()) return;
  answers_.clear();
  answers_sent_ = 0;
}

}  // namespace

std::string write_changes(const StoreChanges& changes) {
  std::string text;
  text += changes.all ? 'A' : '-';
  text += changes.introduced ? 'I' : '-';
  for (const std::string& path : changes.paths) text += with_zero(path);
  return text;
}

Result<StoreChanges> read_changes(std::string_view text) {
  const Error wrong{"live store", "the process that watches it sent an invalid message", ""};
  if (text.size() < 2) return wrong;
  StoreChanges changes{
      .paths = {}, .all = text[0] == 'A', .introduced = text[1] == 'I', .missed = false};
  for (text.remove_prefix(2); !text.empty();) {
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos || !valid_path(text.substr(0, end))) return wrong;
    changes.paths.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return changes;
}

std::size_t most_answer_bytes() { return 2 + StoreChanges::kMaxPaths * (kMaxPathBytes + 1); }

void run_watch_process(int control, WireConnection connection, const ConfineWatcher& confine) {
  stand_alone({control, connection.descriptor()});
  const StopSwitch stop_switch;  // a confined process cannot make a timer
  if (confine && !confine({control, connection.descriptor()})) ::_exit(0);
  WatchProcess(control, std::move(connection), stop_switch).run();
  ::_exit(0);
}

}  // namespace xsaudit
