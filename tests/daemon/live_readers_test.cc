// Both ways to a live store, over real daemons: what they read, what they ask, what they make of a
// store that changes and of a daemon that fails.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <set>

#include <xen/io/xs_wire.h>

#include "base/system_io.h"
#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "source/live/wire_reader.h"
#include "support/child_process.h"
#include "support/recording_proxy.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using Way = ReaderOptions::Way;

Result<Snapshot> read(Way way, const char* pace = "default",
                      std::chrono::milliseconds timeout = 1min) {
  auto reader = open_reader({.way = way, .pace = find_pace(pace), .timeout = timeout});
  if (!reader) return reader.error();
  return read_live(**reader);
}

Snapshot whole(Way way, const char* pace = "default") {
  auto store = read(way, pace);
  if (!store) FAIL(store.error().text());
  for (const auto& gap : store->info().gaps) FAIL_CHECK(gap.place << ": " << gap.what);
  CHECK(store->info().complete());
  CHECK(store->info().consistency == Consistency::one_moment);
  return std::move(store).value();
}

std::string everything(const Snapshot& store) {
  std::string out;
  for (NodeId node = 0; node < store.size(); ++node) {
    out += store.path(node) + "=" + std::string(store.value(node)) + " ";
    out += store.permissions(node) != nullptr ? to_text(*store.permissions(node)) : "?";
    out += std::string(" ") + to_text(store.children_unknown(node)) + "\n";
  }
  return out;
}

std::size_t children(const Snapshot& store, const std::string& path) {
  std::size_t count = 0;
  for (NodeId child = store.first_child(store.find(path)); child != kNoNode;
       child = store.next_sibling(child))
    ++count;
  return count;
}

void fill(XenstoreClient& control, int domains) {
  for (int domid = 1; domid <= domains; ++domid) {
    const std::string home = "/local/domain/" + std::to_string(domid);
    control.write(home + "/name", "guest" + std::to_string(domid));
    control.set_permissions(home, "n0,r" + std::to_string(domid));
    control.write(home + "/data", std::string("\0\x01\xff\"\n", 5));
  }
}

// A child process that does something over and over until this object ends.
class Meanwhile {
 public:
  template <typename Act>
  explicit Meanwhile(const Act& act) : child_(::fork()) {
    if (child_ != 0) return;
    for (std::uint64_t turn = 0;; ++turn) act(turn);
  }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;
  ~Meanwhile() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_;
};

}  // namespace

TEST_CASE("both ways read the same store, at any pace") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(control, 200);
    const Snapshot slow = whole(Way::libxenstore);
    CHECK(slow.info().daemon == daemon.kind());
    CHECK(slow.size() > 600);
    for (const Pace& pace : paces())
      CHECK(everything(whole(Way::wire, pace.name)) == everything(slow));
    CHECK(everything(whole(Way::found)) == everything(slow));
  });
}

TEST_CASE("a directory longer than any message is read whole over the wire") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(control, 1'100);
    CHECK(children(whole(Way::wire), "/local/domain") == 1'100);
  });
}

TEST_CASE("both ways only look") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(control, 600);
    for (int i = 0; i < 100; ++i) {  // so that a directory comes in parts
      control.write("/parts/" + std::string(60, 'x') + std::to_string(i), "");
    }
    const ScratchDirectory directory;
    for (const Way way : {Way::wire, Way::libxenstore}) {
      RecordingProxy proxy(directory / (way == Way::wire ? "wire" : "lib"), daemon.socket());
      ::setenv("XENSTORED_PATH", (directory / (way == Way::wire ? "wire" : "lib")).c_str(), 1);
      auto reader = open_reader({.way = way});
      REQUIRE(reader);
      auto store = read_live(**reader);
      REQUIRE(store);
      if (way == Way::wire) CHECK(store->info().introduced.has_value());
      ::unsetenv("XENSTORED_PATH");
      for (const std::string& request : proxy.harmful()) FAIL_CHECK(request);
      CHECK(proxy.requests().at(XS_READ) > 600);
      const bool transaction = daemon.kind() == Daemon::oxenstored;
      CHECK(proxy.requests().count(XS_TRANSACTION_START) == (transaction ? 1 : 0));
      CHECK(proxy.requests().at(XS_WATCH) == (transaction ? 2 : 3));
      CHECK(proxy.requests().at(XS_UNWATCH) == (transaction ? 2 : 3));
      const std::size_t most = way == Way::wire ? paces().front().connections * 32 : 1;
      CHECK(proxy.most_in_flight() <= most);
      // libxenstore loses its connection over the directory that oxenstored sends whole.
      const bool lost = way == Way::libxenstore && daemon.kind() == Daemon::oxenstored;
      const std::size_t own = way == Way::wire ? paces().front().connections : lost ? 2 : 1;
      CHECK(proxy.connections() == own + 1);  // one for the watches
    }
  });
}

// An idle connection costs oxenstored time at each of its turns, also those of other clients.
TEST_CASE("a reader keeps one connection to oxenstored for its transaction") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  const RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient control;
  fill(control, 40);
  const auto before = daemon.open_descriptors();
  auto reader = open_reader({.way = Way::wire});
  REQUIRE(reader);
  REQUIRE(read_live(**reader));
  // The other one is for the watches.
  for (int tries = 0; tries < 1000 && daemon.open_descriptors() > before + 2; ++tries)
    ::usleep(10'000);
  CHECK(daemon.open_descriptors() == before + 2);
  REQUIRE(read_live(**reader));
}

TEST_CASE("a proxy notices a client that does more than look") {
  with_each_daemon([](RunningDaemon& daemon) {
    const ScratchDirectory directory;
    RecordingProxy proxy(directory / "socket", daemon.socket());
    ::setenv("XENSTORED_PATH", (directory / "socket").c_str(), 1);
    XenstoreClient().write("/a", "b");
    ::unsetenv("XENSTORED_PATH");
    CHECK(proxy.harmful().size() == 1);
  });
}

// Pairs of nodes far from each other that a writer only ever changes together.
TEST_CASE("a snapshot of a store that moves is one moment, or names what moved") {
  static constexpr int kPairs = 40;
  const auto left = [](int pair) { return "/a/pair" + std::to_string(pair); };
  const auto right = [](int pair) { return "/z/pair" + std::to_string(pair); };
  with_each_daemon([&](RunningDaemon& daemon) {
    XenstoreClient control;
    fill(control, 40);
    for (int pair = 0; pair < kPairs; ++pair) {
      control.write(left(pair), "0");
      control.write(right(pair), "0");
    }
    int moments = 0;
    for (const auto pause : {0us, 300us, 10000us}) {
      const Meanwhile writer([&, client = std::make_shared<XenstoreClient>()](std::uint64_t turn) {
        const int pair = static_cast<int>(turn * 7 % kPairs);
        const std::string value = std::to_string(turn);
        client->write_together({{left(pair), value}, {right(pair), value}});
        ::usleep(static_cast<useconds_t>(pause.count()));
      });
      for (const Way way : {Way::wire, Way::libxenstore}) {
        CAPTURE(to_text(daemon.kind()), pause.count(), way == Way::wire);
        const auto store = read(way, "default", 10min);
        REQUIRE(store);
        std::set<std::string> moved;
        for (const auto& gap : store->info().gaps) moved.insert(gap.place);
        if (store->info().consistency == Consistency::one_moment) {
          ++moments;
          CHECK(store->info().complete());
        } else {
          CHECK(store->info().consistency == Consistency::moved);
          CHECK_FALSE(moved.empty());
          // oxenstored gives a moment to whoever asks for it; this is asked over the wire only.
          CHECK((daemon.kind() == Daemon::cxenstored || way == Way::libxenstore));
        }
        int differ = 0;
        for (int pair = 0; pair < kPairs; ++pair) {
          const auto value = [&](const std::string& path) {
            return store->value(store->find(path));
          };
          if (value(left(pair)) == value(right(pair))) continue;
          CAPTURE(pair, value(left(pair)), value(right(pair)));
          CHECK((moved.count(left(pair)) > 0 || moved.count(right(pair)) > 0));
          ++differ;
        }
        if (store->info().consistency == Consistency::one_moment) CHECK(differ == 0);
      }
    }
    // A writer that leaves a few milliseconds between its changes does not keep it from a moment.
    CHECK(moments > 0);
  });
}

TEST_CASE("a domain that is released while the store is read leaves no trace of before") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(control, 50);
    auto reader = open_reader({.way = Way::wire});
    REQUIRE(reader);
    daemon.make_ring(7);
    control.introduce(7);
    REQUIRE((*reader)->watch(Watched::everything));
    control.release(7);
    const auto changes = (*reader)->changes();
    REQUIRE(changes);
    CHECK(changes->all);
  });
}

TEST_CASE("a daemon that is killed or stopped in the middle of a walk does not pass unseen") {
  for (const Way way : {Way::wire, Way::libxenstore}) {
    for (const int signal : {SIGKILL, SIGSTOP}) {
      with_each_daemon([&](RunningDaemon& daemon) {
        CAPTURE(to_text(daemon.kind()), way == Way::wire, signal);
        XenstoreClient control;
        fill(control, 300);
        auto reader = open_reader({.way = way, .timeout = signal == SIGSTOP ? 2s : 60s});
        REQUIRE(reader);
        const Meanwhile killer([&](std::uint64_t) {
          ::usleep(10'000);
          ::kill(daemon.process(), signal);
        });
        const auto store = read_live(**reader);
        if (store) {
          // Unless all was read before the signal came.
          if (!store->info().complete()) CHECK(store->info().gap_count > 0);
        } else {
          CHECK(store.error().place == "live store");
        }
        reader->reset();
        daemon.thaw();
      });
    }
  }
}

// In a process of its own, which ends then: libxenstore is left waiting on a thread of it, and that
// uses the name of the socket, which xs_daemon_socket() keeps in one place for all threads.
TEST_CASE("a daemon that is stopped already is an error within the time given") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    daemon.freeze();
    for (const Way way : {Way::found, Way::wire, Way::libxenstore}) {
      const ChildResult reading = run_in_child([&](int descriptor) {
        const auto store = read(way, "default", 300ms);
        return store || !write_whole(descriptor, store.error().text()) ? 1 : 0;
      });
      REQUIRE(exited_with(reading, 0));
      CHECK(reading.said.starts_with("live store: "));
    }
    daemon.thaw();
  });
}

}  // namespace xsaudit
