// walk XSAUDIT STORE: what a walk of the live store costs, and what another client feels of it. The
// store is a recording, loaded into C xenstored and into oxenstored one after the other; every
// domain it has is introduced.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/bare_walk.h"
#include "source/dump_reader.h"
#include "source/pace.h"
#include "store/path.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

// Another client, which reads a node every half millisecond.
class OtherClient {
 public:
  OtherClient() : thread_([this] { run(); }) {}
  OtherClient(const OtherClient&) = delete;
  OtherClient& operator=(const OtherClient&) = delete;
  ~OtherClient() { stop(); }

  void stop() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // Microseconds; after stop().
  double percentile(double part) {
    if (times_.empty()) return 0;
    std::sort(times_.begin(), times_.end());
    return times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1))];
  }

 private:
  void run() {
    XenstoreClient client;
    while (!ended_) {
      const auto start = Clock::now();
      client.read("/");
      times_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
  }

  std::atomic<bool> ended_ = false;
  std::vector<double> times_;
  std::thread thread_;
};

struct Cost {
  double seconds;
  double median;
  double p99;
};

double seconds_of(const std::function<void()>& act) {
  const auto start = Clock::now();
  act();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The quickest of a few runs with nobody else about, and then what another client feels of one
// more.
Cost measure(const char* name, const std::function<void()>& act) {
  double quickest = seconds_of(act);
  double all = quickest;
  for (int more = 0; more < 4 && all < 5; ++more) {
    const double seconds = seconds_of(act);
    quickest = std::min(quickest, seconds);
    all += seconds;
  }
  OtherClient other;
  act();
  other.stop();
  const Cost cost = {quickest, other.percentile(0.5), other.percentile(0.99)};
  std::printf("  %-24s %8.2f s  %8.0f %8.0f\n", name, cost.seconds, cost.median, cost.p99);
  std::fflush(stdout);
  return cost;
}

void run(const std::string& command) {
  if (std::system((command + " >/dev/null").c_str()) != 0) {
    throw std::runtime_error(command + " failed");
  }
}

void introduce_domains(const Snapshot& store, RunningDaemon& daemon, XenstoreClient& control) {
  const NodeId domains = store.find("/local/domain");
  for (NodeId node = store.first_child(domains); node != kNoNode; node = store.next_sibling(node)) {
    Domid domid = 0;
    const std::string_view name = store.name(node);
    std::from_chars(name.data(), name.data() + name.size(), domid);
    if (domid == 0) continue;
    daemon.make_ring(domid);
    control.introduce(domid);
  }
}

void with_daemon(Daemon kind, const std::string& xsaudit, const Snapshot& store) {
  RunningDaemon daemon(kind);
  XenstoreClient control;
  control.load(store);
  introduce_domains(store, daemon, control);
  std::printf("%s, %zu nodes\n  %-24s %10s  %8s %8s\n", to_text(kind), store.size(), "", "walk",
              "p50 us", "p99 us");
  measure("nobody", [] { std::this_thread::sleep_for(std::chrono::seconds(2)); });
  const Cost client = measure("xenstore-ls -fp", [] { run("xenstore-ls -fp"); });
  const auto walk = [&](const char* pace) {
    return measure((std::string("xsaudit --pace ") + pace).c_str(),
                   [&] { run(xsaudit + " snapshot --pace " + pace); });
  };
  const Cost usual = walk("default");
  const Cost none = walk("none");
  const Cost gentle = walk("gentle");
  const auto bare = [&](const char* pace) {
    const Pace& how = *find_pace(pace);
    return measure((std::string("bare walk, as ") + pace).c_str(),
                   [&] { bare_walk(daemon.socket(), how.connections, how.in_flight); });
  };
  const Cost usual_limit = bare("default");
  const Cost limit = bare("none");
  std::printf("  xenstore-ls over xsaudit: %.1f (wanted: 5), with --pace none %.1f (6)\n",
              client.seconds / usual.seconds, client.seconds / none.seconds);
  std::printf("  xsaudit over the bare walk: %.2f (wanted: at most 1.3), with --pace none %.2f\n",
              usual.seconds / usual_limit.seconds, none.seconds / limit.seconds);
  std::printf(
      "  p99 of others over that during xenstore-ls: %.2f (wanted: at most 2), "
      "with --pace gentle %.2f (1)\n\n",
      usual.p99 / client.p99, gentle.p99 / client.p99);
}

int main_of(const std::string& xsaudit, const char* recording) {
  const int file = ::open(recording, O_RDONLY | O_CLOEXEC);
  const auto store = read_dump(file, recording);
  if (!store) throw std::runtime_error(store.error().text());
  for (const Daemon kind : RunningDaemon::kKinds) {
    if (RunningDaemon::available(kind)) with_daemon(kind, xsaudit, *store);
  }
  return 0;
}

}  // namespace
}  // namespace xsaudit

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: walk XSAUDIT STORE\n", stderr);
    return 2;
  }
  try {
    return xsaudit::main_of(arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "walk: %s\n", error.what());
    return 1;
  }
}
