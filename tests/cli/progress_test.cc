#include "cli/progress.h"

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace xsaudit;

namespace {

// What was written to it so far.
std::string read_all(int descriptor) {
  ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
  std::string text;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(descriptor, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

struct Pair {
  int ours = -1;
  int its = -1;
  ~Pair() {
    ::close(ours);
    ::close(its);
  }
};

Progress::Clock::time_point at;

void pass(int milliseconds) { at += std::chrono::milliseconds(milliseconds); }

}  // namespace

TEST_CASE("progress on a terminal") {
  ::setenv("TERM", "xterm", 1);
  Pair terminal;
  REQUIRE(::openpty(&terminal.ours, &terminal.its, nullptr, nullptr, nullptr) == 0);
  Progress progress(terminal.its, [] { return at; });
  progress.phase("reading the store");
  pass(400);
  progress.step(10, "nodes");
  CHECK(read_all(terminal.ours).empty());

  pass(100);
  progress.step(20, "nodes");
  CHECK(read_all(terminal.ours) == "\r\x1b[Kreading the store: 20 nodes");
  pass(50);
  progress.step(21, "nodes");
  CHECK(read_all(terminal.ours).empty());
  pass(50);
  progress.phase("judging");
  pass(100);
  progress.step(3, "rules", 55);
  CHECK(read_all(terminal.ours) == "\r\x1b[Kjudging\r\x1b[Kjudging: 3 of 55 rules");

  progress.clear();
  CHECK(read_all(terminal.ours) == "\r\x1b[K");
  progress.clear();
  CHECK(read_all(terminal.ours).empty());
}

TEST_CASE("what was short shows nothing") {
  ::setenv("TERM", "xterm", 1);
  Pair terminal;
  REQUIRE(::openpty(&terminal.ours, &terminal.its, nullptr, nullptr, nullptr) == 0);
  {
    Progress progress(terminal.its, [] { return at; });
    progress.phase("reading");
    progress.step(10, "nodes");
  }
  CHECK(read_all(terminal.ours).empty());
}

TEST_CASE("no progress in a pipe, nor on a terminal that cannot take it back") {
  const auto use = [](int descriptor) {
    Progress progress(descriptor, [] { return at; });
    pass(10'000);
    progress.phase("reading");
    progress.step(10, "nodes");
  };
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Pair pipe{ends[0], ends[1]};
  ::setenv("TERM", "xterm", 1);
  use(pipe.its);
  CHECK(read_all(pipe.ours).empty());

  Pair terminal;
  REQUIRE(::openpty(&terminal.ours, &terminal.its, nullptr, nullptr, nullptr) == 0);
  ::setenv("TERM", "dumb", 1);
  use(terminal.its);
  CHECK(read_all(terminal.ours).empty());
}
