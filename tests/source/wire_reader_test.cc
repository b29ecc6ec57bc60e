// The wire against a daemon that does, at each request in turn, what no daemon should do.
#include "source/live/wire_reader.h"

#include <dlfcn.h>
#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>

#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "support/child_process.h"
#include "support/fake_daemon.h"

namespace {

// The longest time, in milliseconds, for which this process asked poll() to wait.
std::atomic<int> longest_wait = 0;

}  // namespace

// Takes the place of the C library's, for all that is linked into this program.
extern "C" int poll(pollfd* waiting, nfds_t count, int time) {
  using Poll = int (*)(pollfd*, nfds_t, int);
  static const auto real = reinterpret_cast<Poll>(::dlsym(RTLD_NEXT, "poll"));
  for (int seen = longest_wait; time > seen;) {
    if (longest_wait.compare_exchange_weak(seen, time)) break;
  }
  return real(waiting, count, time);
}

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using Fault = FakeDaemon::Fault;

const std::map<std::string, std::string> kStore = {
    {"/local/domain/1/name", "alpha"},
    {"/local/domain/1/data", std::string("\0\xff\n", 3)},
    {"/local/domain/2", ""},
    {"/tool", ""},
};

Result<Snapshot> read(const FakeDaemon& daemon, const char* pace, std::chrono::milliseconds time) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  auto connection = WireConnection::open(daemon.socket(), deadline);
  if (!connection) return connection.error();
  auto watcher = ChangeWatcher::start(*std::move(connection), {});
  if (!watcher) return watcher.error();
  auto reader = WireReader::open(daemon.socket(), *find_pace(pace), deadline, *std::move(watcher));
  if (!reader) return reader.error();
  return read_live(**reader);
}

std::string everything(const Snapshot& store) {
  std::string out;
  for (NodeId node = 0; node < store.size(); ++node) {
    out += store.path(node) + "=" + std::string(store.value(node)) + " ";
    if (store.permissions(node) != nullptr) out += to_text(*store.permissions(node));
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a daemon's store is read over its socket, at any pace") {
  const FakeDaemon daemon(kStore);
  for (const Pace& pace : paces()) {
    const auto store = read(daemon, pace.name, 1min);
    REQUIRE(store);
    for (const auto& gap : store->info().gaps) FAIL_CHECK(gap.place << ": " << gap.what);
    CHECK(store->info().complete());
    CHECK(store->info().consistency == Consistency::one_moment);
    CHECK(everything(*store) == std::string("/= n0\n"
                                            "/local= n0,r1\n"
                                            "/local/domain= n0,r1\n"
                                            "/local/domain/1= n0,r1\n"
                                            "/local/domain/1/data=") +
                                    std::string("\0\xff\n", 3) +
                                    " n0,r1\n"
                                    "/local/domain/1/name=alpha n0,r1\n"
                                    "/local/domain/2= n0,r1\n"
                                    "/tool= n0,r1\n"
                                    "/@introduceDomain= \n"
                                    "/@releaseDomain= \n");
  }
}

TEST_CASE("whatever a daemon does wrong at any request, the store is never taken for whole") {
  const std::map<std::string, std::string> few = {{"/vm/1", "alpha"}, {"/tool", ""}};
  std::size_t requests = 0;
  {
    const FakeDaemon daemon(few);
    REQUIRE(read(daemon, "default", 1min));
    // Three watches are given back at the end, and three reads follow. All is read by then.
    requests = daemon.requests() - 6;
  }
  REQUIRE(requests > 20);
  for (const Fault fault : FakeDaemon::faults()) {
    // These end at the deadline.
    const bool waits = fault == Fault::stays_silent || fault == Fault::stops_inside;
    for (std::size_t at = 1; at <= requests; ++at) {
      CAPTURE(static_cast<int>(fault), at);
      const FakeDaemon daemon(few, fault, at);
      // An answer that is held back for ever is late as well.
      const bool held = fault == Fault::out_of_order;
      longest_wait = 0;
      const auto store = read(daemon, "default", waits || held ? 50ms : 1min);
      if (waits) CHECK(longest_wait <= 50);
      if (!store) {
        CHECK(store.error().place == "live store");
        CHECK_FALSE(store.error().message.empty());
        continue;
      }
      // An empty value and one without its last byte are values too; an empty list of children
      // means there are none. A client cannot know better. An error that only tells the reader how
      // quick the daemon is means nothing.
      const bool looks_right =
          fault == Fault::empty || fault == Fault::unfinished || fault == Fault::refuses;
      if (looks_right && store->info().complete()) continue;
      CHECK_FALSE(store->info().complete());
      CHECK(store->info().gap_count > 0);
    }
  }
}

TEST_CASE("signs of life do not fill the way to a process that watches and is slow") {
  const FakeDaemon daemon(kStore);
  const auto deadline = std::chrono::steady_clock::now() + 1min;
  auto connection = WireConnection::open(daemon.socket(), deadline);
  REQUIRE(connection);
  const auto watcher = ChangeWatcher::start(*std::move(connection), {});
  REQUIRE(watcher);
  REQUIRE(::kill((*watcher)->process(), SIGSTOP) == 0);
  for (int i = 0; i < 10'000; ++i) (*watcher)->alive();
  REQUIRE(::kill((*watcher)->process(), SIGCONT) == 0);
  const Status watching = (*watcher)->watch(Watched::domains, deadline);
  CHECK(watching.ok());
  const auto changes = (*watcher)->changes(deadline);
  REQUIRE(changes);
  CHECK_FALSE(changes->all);
}

TEST_CASE("a transaction is begun, or it is not, whatever a daemon answers") {
  const auto open = [](const FakeDaemon& daemon) {
    auto reader = WireReader::open(daemon.socket(), *find_pace("gentle"),
                                   std::chrono::steady_clock::now() + 1s);
    REQUIRE(reader);
    return std::move(*reader);
  };
  const auto begun = [&](const FakeDaemon& daemon) {
    const auto reader = open(daemon);
    const bool done = reader->begin_transaction().ok();
    CHECK(reader->end_transaction());
    return done;
  };
  CHECK(begun(FakeDaemon(kStore)));
  const FakeDaemon unharmed(kStore);
  const auto reader = open(unharmed);
  const std::size_t asked_first = unharmed.requests();  // how quick the daemon is
  for (const Fault fault :
       {Fault::closes, Fault::closes_inside, Fault::garbage, Fault::enormous, Fault::empty,
        Fault::unfinished, Fault::other_id, Fault::other_type, Fault::refuses}) {
    CAPTURE(static_cast<int>(fault));
    CHECK_FALSE(begun(FakeDaemon(kStore, fault, asked_first + 1)));
  }
}

// Bit 8 of the features. The fake answers no question without a payload, as oxenstored does not.
TEST_CASE("whether entries for every domain count is what the daemon says of its features") {
  const auto learnt = [](const std::string& features, Fault fault = Fault::none) {
    std::size_t asked_first = 0;  // how quick the daemon is
    {
      const FakeDaemon unharmed(kStore);
      REQUIRE(WireReader::open(unharmed.socket(), *find_pace("gentle"),
                               std::chrono::steady_clock::now() + 1min));
      asked_first = unharmed.requests();
    }
    const FakeDaemon daemon(kStore, fault, asked_first + 1, features);
    auto reader = WireReader::open(daemon.socket(), *find_pace("gentle"),
                                   std::chrono::steady_clock::now() + 1min);
    REQUIRE(reader);
    const auto any_domid = (*reader)->any_domid();
    if (fault == Fault::none || fault == Fault::refuses) CHECK(read_live(**reader));
    return any_domid;
  };
  CHECK(learnt("14") == true);
  CHECK(learnt("8") == true);
  CHECK(learnt("2") == false);
  CHECK(learnt("0") == false);
  CHECK(learnt("") == false);
  CHECK(learnt("x") == std::nullopt);
  CHECK(learnt("14", Fault::refuses) == std::nullopt);
  CHECK(learnt("14", Fault::unfinished) == std::nullopt);
  CHECK(learnt("14", Fault::closes) == std::nullopt);
}

// libxenstore takes a reply for what it asked if the type is right, whatever its number.
TEST_CASE("whatever a daemon does wrong, libxenstore takes no other store for whole either") {
  const std::map<std::string, std::string> few = {{"/vm/1", "alpha"}, {"/tool", ""}};
  const auto read_through_libxenstore = [](const FakeDaemon& daemon,
                                           std::chrono::milliseconds time) -> Result<Snapshot> {
    ::setenv("XENSTORED_PATH", daemon.socket().c_str(), 1);
    auto reader = open_reader({.way = ReaderOptions::Way::libxenstore, .timeout = time});
    ::unsetenv("XENSTORED_PATH");
    if (!reader) return reader.error();
    return read_live(**reader);
  };
  std::size_t requests = 0;
  std::string right;
  {
    const FakeDaemon daemon(few);
    const auto store = read_through_libxenstore(daemon, 1min);
    REQUIRE(store);
    CHECK(store->info().complete());
    requests = daemon.requests();
    right = everything(*store);
  }
  REQUIRE(requests > 20);
  for (const Fault fault : FakeDaemon::faults()) {
    for (std::size_t at = 1; at <= requests; ++at) {
      CAPTURE(static_cast<int>(fault), at);
      const FakeDaemon daemon(few, fault, at);
      const bool waits = fault == Fault::stays_silent || fault == Fault::stops_inside ||
                         fault == Fault::closes_inside || fault == Fault::out_of_order ||
                         fault == Fault::unfinished;
      // In a process that ends then: where libxenstore waits for ever it keeps a thread of the
      // process, and the path that xs_daemon_socket() gives to all threads.
      const ChildResult reading = run_in_child([&](int) {
        const auto store = read_through_libxenstore(daemon, waits ? 50ms : 1min);
        if (!store) return store.error().message.empty() ? 1 : 0;
        const bool may_differ = fault == Fault::empty || fault == Fault::unfinished;
        return may_differ || !store->info().complete() || everything(*store) == right ? 0 : 1;
      });
      CHECK(exited_with(reading, 0));
    }
  }
}

TEST_CASE("a store larger than allowed is cut, and says so") {
  std::map<std::string, std::string> values;
  for (int i = 0; i < 300; ++i) values["/large/child" + std::to_string(i)] = std::string(100, 'x');
  const FakeDaemon daemon(values);
  auto reader = WireReader::open(daemon.socket(), *find_pace("default"),
                                 std::chrono::steady_clock::now() + 1min);
  REQUIRE(reader);
  const auto of_nodes = read_live(**reader, {.nodes = 100});
  REQUIRE(of_nodes);
  CHECK(of_nodes->size() <= 100);
  CHECK_FALSE(of_nodes->info().complete());
  CHECK(of_nodes->info().gaps.front().what == "the store has more than 100 nodes");
  const auto of_bytes = read_live(**reader, {.bytes = 10'000});
  REQUIRE(of_bytes);
  CHECK_FALSE(of_bytes->info().complete());
  CHECK(of_bytes->info().gaps.front().what == "the store has more than 10000 bytes");
}

TEST_CASE("more directories in parts than are read at once are read all the same, each whole") {
  std::map<std::string, std::string> values;
  for (int directory = 0; directory < 60; ++directory) {
    const std::string path = "/" + std::to_string(directory) + "/";
    for (int name = 1000; name < 1050; ++name) {
      values[path + std::to_string(name) + std::string(2000, 'x')] = "";
    }
  }
  const FakeDaemon daemon(values);
  for (const Pace& pace : paces()) {
    const auto store = read(daemon, pace.name, 1min);
    REQUIRE(store);
    for (const auto& gap : store->info().gaps) FAIL_CHECK(gap.place << ": " << gap.what);
    CHECK(store->size() == 1 + 60 + 60 * 50 + 2);  // "/" and the special nodes
  }
}

TEST_CASE("where nobody listens there is an error") {
  const ScratchDirectory directory;
  const auto deadline = std::chrono::steady_clock::now() + 1min;
  CHECK_FALSE(WireReader::open(directory / "socket", paces().front(), deadline));
  CHECK_FALSE(WireReader::open(directory / std::string(200, 'x'), paces().front(), deadline));
}

}  // namespace xsaudit
