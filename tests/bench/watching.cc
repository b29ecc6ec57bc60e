// What `xsaudit watch` costs and how fast it is, over real daemons with played domains.
//
//   watching XSAUDIT STORE latency FORGERIES WRITES    from a write's answer to the line that
//   reports it watching XSAUDIT STORE restored FORGERIES MS       links forged and put back after
//   so long watching XSAUDIT STORE waits SECONDS GUESTS        what other clients wait while guests
//   flood watching XSAUDIT STORE memory SECONDS WRITES       its memory over time
//
// STORE is a listing, such as generate_store prints; WRITES are all guests' writes a second, of
// data/updated and data/meminfo_free. See watching.sh.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "source/recording/dump_reader.h"
#include "support/guest_connection.h"
#include "support/held_program.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::string program;
std::string listing;

constexpr Domid kGuest = 1;
constexpr const char* kLink = "/local/domain/1/device/vif/0/backend";
std::string own_target;
std::string other_target;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

// Processor seconds of a process, and its resident memory in KiB.
double processor_seconds(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::string word;
  for (int i = 0; i < 11; ++i) rest >> word;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}
long memory_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

// The store, with all domains that have a home introduced, but for those that are played: the first
// ones.
std::vector<Domid> load(RunningDaemon& daemon, XenstoreClient& control, Domid played = kGuest) {
  std::FILE* const file = std::fopen(listing.c_str(), "re");
  if (file == nullptr) throw std::runtime_error(listing + " cannot be read");
  const auto store = read_dump(::fileno(file), listing);
  std::fclose(file);
  if (!store) throw std::runtime_error(store.error().text());
  control.load(*store);
  own_target = store->value(store->find(kLink));
  other_target = store->value(store->find("/local/domain/2/device/vif/0/backend"));
  std::vector<Domid> guests;
  const NodeId homes = store->find("/local/domain");
  for (NodeId home = store->first_child(homes); home != kNoNode; home = store->next_sibling(home)) {
    const Domid domid = std::atoi(std::string(store->name(home)).c_str());
    if (domid == 0) continue;
    if (domid > played) {
      daemon.make_ring(domid);
      control.introduce(domid);
    }
    guests.push_back(domid);
  }
  return guests;
}

// A process that acts until the end of this object.
class Player {
 public:
  explicit Player(const std::function<void(const std::atomic<bool>& ended)>& play) {
    void* const page = ::mmap(nullptr, sizeof(std::atomic<bool>), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ended_ = new (page) std::atomic<bool>(false);
    process_ = ::fork();
    if (process_ != 0) return;
    try {
      play(*ended_);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(0);
  }
  ~Player() {
    *ended_ = true;
    for (int turn = 0; turn < 2000 && ::waitpid(process_, nullptr, WNOHANG) == 0; ++turn) {
      std::this_thread::sleep_for(1ms);
    }
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

 private:
  std::atomic<bool>* ended_;
  pid_t process_;
};

// Guests that write what guest agents do, at even distances.
void write_as_guests(const std::vector<Domid>& guests, int writes_per_second,
                     const std::atomic<bool>& ended) {
  XenstoreClient client;
  const auto distance = std::chrono::nanoseconds(1'000'000'000 / std::max(writes_per_second, 1));
  auto next = Clock::now();
  for (std::size_t turn = 0; !ended && writes_per_second > 0; ++turn) {
    const std::string data =
        "/local/domain/" + std::to_string(guests[turn / 2 % guests.size()]) + "/data/";
    if (turn % 2 == 0) {
      client.write(data + "updated", "Sun Nov 29 " + std::to_string(10'000 + turn % 90'000));
    } else {
      client.write(data + "meminfo_free", std::to_string(turn * 7919 % 4'000'000));
    }
    next += distance;
    std::this_thread::sleep_until(next);
  }
}

// xsaudit watch, and its lines with the times at which they came.
class Watch {
 public:
  struct Line {
    Clock::time_point time;
    std::string text;
  };

  Watch() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(program.c_str(), "xsaudit", "watch", "--format", "jsonl", nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
    if (!next("following ", 60s)) throw std::runtime_error("the watch did not begin");
  }
  ~Watch() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    ::close(output_);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The next line that contains the text; other lines are counted.
  std::optional<Line> next(const std::string& text, std::chrono::milliseconds most) {
    const auto latest = Clock::now() + most;
    while (true) {
      while (!lines_.empty()) {
        Line line = std::move(lines_.front());
        lines_.pop_front();
        if (line.text.find(text) != std::string::npos) return line;
        ++others_;
      }
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(latest - Clock::now()).count();
      pollfd ready{output_, POLLIN, 0};
      if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0) return std::nullopt;
      char room[65536];
      const ssize_t count = ::read(output_, room, sizeof room);
      const auto now = Clock::now();
      if (count <= 0) return std::nullopt;
      rest_.append(room, static_cast<std::size_t>(count));
      for (std::size_t end; (end = rest_.find('\n')) != std::string::npos;) {
        lines_.push_back({now, rest_.substr(0, end)});
        rest_.erase(0, end + 1);
      }
    }
  }

  pid_t process() const { return process_; }
  pid_t drain() const {
    const auto children = children_of(process_, "xsaudit-watch");
    return children.empty() ? -1 : children.front();
  }
  double seconds() const { return processor_seconds(process_) + processor_seconds(drain()); }
  std::uint64_t others() const { return others_; }

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string rest_;
  std::deque<Line> lines_;
  std::uint64_t others_ = 0;
};

double part(std::vector<double> all, double share) {
  if (all.empty()) return -1;
  std::sort(all.begin(), all.end());
  return all[std::min(all.size() - 1,
                      static_cast<std::size_t>(share * static_cast<double>(all.size())))];
}

void latency(RunningDaemon& daemon, int forgeries, int writes) {
  XenstoreClient control;
  const auto guests = load(daemon, control);
  GuestConnection guest(daemon, control, kGuest);
  const Player traffic(
      [&](const std::atomic<bool>& ended) { write_as_guests(guests, writes, ended); });
  constexpr auto kWithout = 10s;
  double before = processor_seconds(daemon.process());
  std::this_thread::sleep_for(kWithout);
  const double without = (processor_seconds(daemon.process()) - before) / 10;
  Watch watch;
  std::this_thread::sleep_for(3s);
  before = processor_seconds(daemon.process());
  const double watch_before = watch.seconds();
  std::this_thread::sleep_for(kWithout);
  const double with = (processor_seconds(daemon.process()) - before) / 10;
  const double watching = (watch.seconds() - watch_before) / 10;
  std::vector<double> times;
  int missing = 0;
  for (int turn = 0; turn < forgeries; ++turn) {
    for (const bool forged : {true, false}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20 + turn * 37 % 60));
      guest.write(kLink, forged ? other_target : own_target);
      const auto written = Clock::now();
      const auto line = watch.next("frontend-link-forged", 5s);
      if (line) {
        times.push_back(milliseconds(line->time - written));
      } else {
        ++missing;
      }
    }
  }
  std::printf(
      "%-10s %5zu domains, %4d writes/s: p50 %6.1f ms, p99 %6.1f ms, most %6.1f ms, missing %d of "
      "%d;"
      " processor: watch %.2f %%, daemon %.2f %% without, %.2f %% with; other lines %llu\n",
      to_text(daemon.kind()), guests.size(), writes, part(times, 0.5), part(times, 0.99),
      part(times, 1), missing, 2 * forgeries, watching * 100, without * 100, with * 100,
      static_cast<unsigned long long>(watch.others()));
}

// "times" of a line that has it.
std::uint64_t times_of(const std::string& line) {
  const std::size_t at = line.find("\"times\":");
  return at == std::string::npos ? 1 : std::strtoull(line.c_str() + at + 8, nullptr, 10);
}

void restored(RunningDaemon& daemon, int forgeries, int after) {
  XenstoreClient control;
  const auto guests = load(daemon, control);
  GuestConnection guest(daemon, control, kGuest);
  Watch watch;
  std::uint64_t passed = 0;
  std::uint64_t appeared = 0;
  std::uint64_t gone = 0;
  std::vector<double> times;
  const auto take = [&](std::chrono::milliseconds most) {
    while (const auto line = watch.next("frontend-link-forged", most)) {
      if (line->text.find("\"passed\"") != std::string::npos) {
        passed += times_of(line->text);
      } else if (line->text.find("\"gone\"") != std::string::npos) {
        ++gone;
      } else {
        ++appeared;
      }
    }
  };
  for (int turn = 0; turn < forgeries; ++turn) {
    guest.write(kLink, other_target);
    const auto put_back_at = Clock::now() + std::chrono::milliseconds(after);
    std::this_thread::sleep_until(put_back_at);
    guest.write(kLink, own_target);
    take(25ms);
  }
  take(3s);
  std::printf(
      "%-10s %5zu domains, put back after %3d ms, %d times: %llu seen (%llu passed, %llu "
      "new, %llu gone); other lines %llu\n",
      to_text(daemon.kind()), guests.size(), after, forgeries,
      static_cast<unsigned long long>(passed + appeared), static_cast<unsigned long long>(passed),
      static_cast<unsigned long long>(appeared), static_cast<unsigned long long>(gone),
      static_cast<unsigned long long>(watch.others()));
}

void memory(RunningDaemon& daemon, int seconds, int writes) {
  XenstoreClient control;
  const auto guests = load(daemon, control);
  GuestConnection guest(daemon, control, kGuest);
  const Player traffic(
      [&](const std::atomic<bool>& ended) { write_as_guests(guests, writes, ended); });
  Watch watch;
  const auto begin = Clock::now();
  const double used = watch.seconds();
  for (int second = 0; second <= seconds; second += seconds / 30) {
    std::this_thread::sleep_until(begin + std::chrono::seconds(second));
    guest.write(kLink, second % 2 == 0 ? other_target : own_target);
    while (watch.next("frontend", 200ms)) {
    }
    std::printf("%-10s %5d s: watch %ld KiB, drain %ld KiB, daemon %ld KiB; watch %.2f %%\n",
                to_text(daemon.kind()), second, memory_of(watch.process()),
                memory_of(watch.drain()), memory_of(daemon.process()),
                second == 0 ? 0 : (watch.seconds() - used) * 100 / second);
    std::fflush(stdout);
  }
}

// The longest and the 99th of 100 waits for a write of a client that writes every half millisecond.
struct Waits {
  double most = 0;
  double usual = 0;
};
Waits waits_of(const std::function<void(int)>& write, std::chrono::seconds time) {
  std::vector<double> all;
  const auto end = Clock::now() + time;
  for (int turn = 0; Clock::now() < end; ++turn) {
    const auto begin = Clock::now();
    write(turn);
    all.push_back(milliseconds(Clock::now() - begin));
    std::this_thread::sleep_for(500us);
  }
  return {part(all, 1), part(all, 0.99)};
}

void waits(RunningDaemon& daemon, int seconds, int flooding) {
  XenstoreClient control;
  const auto guests = load(daemon, control, kGuest + flooding);
  std::vector<std::unique_ptr<Player>> floods;
  GuestConnection guest(daemon, control, kGuest);
  for (int i = 0; i < flooding; ++i) {
    floods.push_back(std::make_unique<Player>([&, i](const std::atomic<bool>& ended) {
      XenstoreClient client;
      GuestConnection flooder(daemon, client, guests[static_cast<std::size_t>(i + 1)]);
      const std::string data = "/local/domain/" + std::to_string(flooder.domid()) + "/data/";
      for (int turn = 0; !ended; ++turn) {
        flooder.write(data + std::to_string(turn % 500), std::to_string(turn));
        // All of them together write no more than one that never pauses.
        if (flooding > 1) std::this_thread::sleep_for(std::chrono::microseconds(200 * flooding));
      }
    }));
  }
  const auto print = [&](const char* what) {
    Waits toolstack = waits_of(
        [&](int turn) { control.write("/tool/written/" + std::to_string(turn % 1000), "1"); },
        std::chrono::seconds(seconds));
    Waits other = waits_of(
        [&](int turn) { guest.write("/local/domain/1/data/updated", std::to_string(turn)); },
        std::chrono::seconds(seconds));
    std::printf(
        "%-10s %2d guests flood, %-34s toolstack p99 %7.1f most %7.1f ms, another guest p99 "
        "%7.1f most %7.1f ms\n",
        to_text(daemon.kind()), flooding, what, toolstack.usual, toolstack.most, other.usual,
        other.most);
    std::fflush(stdout);
  };
  print("no watch");
  {
    Watch watch;
    const Player reader([&](const std::atomic<bool>& ended) {
      while (!ended) watch.next("never", 100ms);
    });
    print("watch");
    std::printf("           watch %ld KiB, drain %ld KiB\n", memory_of(watch.process()),
                memory_of(watch.drain()));
  }
  {
    Watch watch;
    ::kill(watch.process(), SIGSTOP);
    print("watch, its judge stopped");
    std::printf("           watch %ld KiB, drain %ld KiB\n", memory_of(watch.process()),
                memory_of(watch.drain()));
  }
  {
    Watch watch;
    print("watch, its output not read");
    std::printf("           watch %ld KiB, drain %ld KiB\n", memory_of(watch.process()),
                memory_of(watch.drain()));
  }
  {
    Watch watch;
    const pid_t drain = watch.drain();
    ::kill(watch.process(), SIGKILL);
    print("watch, its judge killed");
    std::printf("           the drain process %s\n", runs(drain) ? "runs" : "has ended");
  }
  {
    Watch watch;
    ::kill(watch.drain(), SIGKILL);
    print("watch, its drain process killed");
  }
}

int run(int count, char** arguments) {
  if (count != 6) {
    std::fputs("usage: watching XSAUDIT STORE latency|restored|waits|memory N M\n", stderr);
    return 2;
  }
  program = arguments[1];
  listing = arguments[2];
  const std::string what = arguments[3];
  const int first = std::atoi(arguments[4]);
  const int second = std::atoi(arguments[5]);
  const char* const only = std::getenv("DAEMON");
  for (const Daemon kind : RunningDaemon::kKinds) {
    if (!RunningDaemon::available(kind) ||
        (only != nullptr && to_text(kind) != std::string(only))) {
      continue;
    }
    RunningDaemon daemon(kind);
    if (what == "latency") latency(daemon, first, second);
    if (what == "restored") restored(daemon, first, second);
    if (what == "waits") waits(daemon, first, second);
    if (what == "memory") memory(daemon, first, second);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace xsaudit

int main(int count, char** arguments) {
  try {
    return xsaudit::run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "watching: %s\n", error.what());
    return 1;
  }
}
