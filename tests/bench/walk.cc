// walk XSAUDIT STORE ROUNDS: what a walk of the live store costs, and what another client feels of
// it. The store is a recording, loaded into C xenstored and into oxenstored one after the other.
// Every domain it has is introduced to C xenstored, which looks at each of them between any two
// requests.
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/bare_walk.h"
#include "source/live/rate_controller.h"
#include "source/recording/dump_reader.h"
#include "store/path.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

// Another client, which reads a node, and again after a pause.
class OtherClient {
 public:
  explicit OtherClient(std::chrono::microseconds pause)
      : pause_(pause), thread_([this] { run(); }) {}
  OtherClient(const OtherClient&) = delete;
  OtherClient& operator=(const OtherClient&) = delete;
  ~OtherClient() { stop(); }

  // How long each reply took, in microseconds.
  std::vector<double> stop() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
    return std::move(times_);
  }

 private:
  void run() {
    XenstoreClient client;
    while (!ended_) {
      const auto start = Clock::now();
      client.read("/");
      times_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
      if (pause_.count() > 0) std::this_thread::sleep_for(pause_);
    }
  }

  const std::chrono::microseconds pause_;
  std::atomic<bool> ended_ = false;
  std::vector<double> times_;
  std::thread thread_;
};

// What another client waited for its replies in each round, in microseconds.
struct Waits {
  std::vector<double> mean = {};
  std::vector<double> p50 = {};
  std::vector<double> p99 = {};
};

// Something that reads the store, and what it cost in each round.
struct Walk {
  std::string name;
  std::function<void()> act;
  bool timed = true;      // false: only what others feel of it counts
  bool may_fail = false;  // then it is left out; any other that fails ends the benchmark
  bool possible = true;
  std::vector<double> seconds = {};
  Waits waits = {};
  // Of a client that never pauses: that keeps the processors awake, which for a client that pauses
  // are the slower to answer the less there is to do.
  Waits waits_of_busy = {};
};

double seconds_of(const std::function<void()>& act) {
  const auto start = Clock::now();
  act();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double percentile(const std::vector<double>& sorted, double part) {
  return sorted.empty()
             ? 0
             : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return percentile(values, 0.5);
}

// Round by round, as the machine is not the same from one round to the next.
double ratio(const std::vector<double>& of, const std::vector<double>& to) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < of.size(); ++round) {
    ratios.push_back(of[round] / to[round]);
  }
  return median(ratios);
}

void add_waits(Waits& waits, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  waits.mean.push_back(std::accumulate(times.begin(), times.end(), 0.0) /
                       static_cast<double>(times.size()));
  waits.p50.push_back(percentile(times, 0.5));
  waits.p99.push_back(percentile(times, 0.99));
}

void measure(Walk& walk) {
  if (walk.timed) walk.seconds.push_back(seconds_of(walk.act));
  OtherClient other(std::chrono::microseconds(500));
  walk.act();
  add_waits(walk.waits, other.stop());
  OtherClient busy(std::chrono::microseconds(0));
  walk.act();
  add_waits(walk.waits_of_busy, busy.stop());
}

// All in turn, some times over, so that they share what the machine is like: each with nobody else
// about, and then with another client.
void measure(std::vector<Walk>& walks, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (Walk& walk : walks) {
      try {
        if (walk.possible) measure(walk);
      } catch (const std::runtime_error&) {
        if (!walk.may_fail) throw;
        walk.possible = false;
      }
    }
  }
  for (const Walk& walk : walks) {
    if (!walk.possible) {
      std::printf("  %-24s fails\n", walk.name.c_str());
      continue;
    }
    std::printf("  %-24s %8.2f s  %8.0f %8.0f %8.0f  %8.0f %8.0f\n", walk.name.c_str(),
                median(walk.seconds), median(walk.waits.mean), median(walk.waits.p50),
                median(walk.waits.p99), median(walk.waits_of_busy.mean),
                median(walk.waits_of_busy.p99));
  }
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

void with_daemon(Daemon kind, const std::string& xsaudit, const Snapshot& store, int rounds) {
  RunningDaemon daemon(kind);
  XenstoreClient control;
  control.load(store);
  if (kind == Daemon::cxenstored) introduce_domains(store, daemon, control);
  const auto snapshot = [&](const Pace& pace) {
    const std::string command = xsaudit + " snapshot --pace " + pace.name;
    return Walk{"xsaudit --pace " + std::string(pace.name), [command] { run(command); }};
  };
  const auto bare = [&](const Pace& pace) {
    return Walk{"bare walk, as " + std::string(pace.name),
                [&] { bare_walk(daemon.socket(), pace.connections, pace.in_flight); }};
  };
  const Pace& usual = *find_pace("default");
  const Pace& none = *find_pace("none");
  std::printf("%s, %zu nodes, median of %d rounds\n  %-24s %10s  %8s %8s %8s  %17s\n",
              to_text(kind), store.size(), rounds, "", "walk", "mean us", "p50 us", "p99 us",
              "mean, p99 of busy");
  // The gentle one is cut off: what others feel of it is the same all the time.
  const std::string gently = "! " + xsaudit + " snapshot --pace gentle --timeout 5 2>&1";
  std::vector<Walk> walks = {
      // oxenstored's lists of children may be longer than libxenstore takes.
      {"xenstore-ls -fp", [] { run("xenstore-ls -fp"); }, true, true},
      snapshot(usual),
      snapshot(none),
      bare(usual),
      bare(none),
      {"xsaudit --pace gentle", [gently] { run(gently); }, false},
      {"nobody", [] { std::this_thread::sleep_for(std::chrono::seconds(1)); }, false}};
  measure(walks, rounds);
  std::printf("  xsaudit over the bare walk: %.2f (wanted: at most 1.3), with --pace none %.2f\n",
              ratio(walks[1].seconds, walks[3].seconds), ratio(walks[2].seconds, walks[4].seconds));
  const Walk& listing = walks[0];
  if (!listing.possible) return;
  std::printf("  xenstore-ls over xsaudit: %.1f (wanted: 5), with --pace none %.1f (6)\n",
              ratio(listing.seconds, walks[1].seconds), ratio(listing.seconds, walks[2].seconds));
  const Walk& gentle = walks[5];
  std::printf("  p99 of others over that during xenstore-ls: %.2f (wanted: at most 2)\n",
              ratio(walks[1].waits.p99, listing.waits.p99));
  std::printf(
      "  gentle: p99 of others over that during xenstore-ls %.2f, of a busy one %.2f, "
      "its mean %.2f (wanted: 1)\n\n",
      ratio(gentle.waits.p99, listing.waits.p99),
      ratio(gentle.waits_of_busy.p99, listing.waits_of_busy.p99),
      ratio(gentle.waits_of_busy.mean, listing.waits_of_busy.mean));
  std::fflush(stdout);
}

int main_of(const std::string& xsaudit, const char* recording, int rounds) {
  const int file = ::open(recording, O_RDONLY | O_CLOEXEC);
  const auto store = read_dump(file, recording);
  if (!store) throw std::runtime_error(store.error().text());
  for (const Daemon kind : RunningDaemon::kKinds) {
    if (RunningDaemon::available(kind)) with_daemon(kind, xsaudit, *store, rounds);
  }
  return 0;
}

}  // namespace
}  // namespace xsaudit

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: walk XSAUDIT STORE ROUNDS\n", stderr);
    return 2;
  }
  try {
    return xsaudit::main_of(arguments[1], arguments[2], std::max(1, std::atoi(arguments[3])));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "walk: %s\n", error.what());
    return 1;
  }
}
