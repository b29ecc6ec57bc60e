#include "host/confine/log_sink.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "support/scratch_directory.h"

using namespace xsaudit;

namespace {

// 2027-01-15 08:00:00 UTC
constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};

// A daemon that takes datagrams.
class Listener {
 public:
  explicit Listener(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { ::close(descriptor_); }

  std::string next() {
    std::array<char, 65536> bytes;
    const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    return count < 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(count));
  }

 private:
  int descriptor_;
};

const LogSink::Fields kFields = {
    {"event", "finding"}, {"rule", "a-rule"}, {"name", "a\nMESSAGE=b"}, {"message", "it is so"}};

}  // namespace

TEST_CASE("syslog gets one datagram a line, as RFC 3164 has it") {
  const ScratchDirectory scratch;
  Listener daemon(scratch / "log");
  auto sink = LogSink::syslog(kNow, scratch / "log");
  REQUIRE(sink);
  REQUIRE(sink->write(3, "event=finding", kFields));
  const std::string got = daemon.next();
  CHECK(got.starts_with("<27>Jan 1"));  // LOG_DAEMON is 3, LOG_ERR 3; the hour is the zone's
  CHECK(got.ends_with(" xsaudit[" + std::to_string(::getpid()) + "]: event=finding"));
  CHECK(daemon.next().empty());
}

TEST_CASE("the journal gets fields, and none that a value could forge") {
  const ScratchDirectory scratch;
  Listener daemon(scratch / "journal");
  auto sink = LogSink::journal(scratch / "journal");
  REQUIRE(sink);
  REQUIRE(sink->write(4, "event=finding rule=a-rule", kFields));
  CHECK(daemon.next() ==
        "PRIORITY=4\nSYSLOG_IDENTIFIER=xsaudit\nSYSLOG_FACILITY=3\n"
        "MESSAGE=event=finding rule=a-rule\nXSAUDIT_EVENT=finding\nXSAUDIT_RULE=a-rule\n");
}

TEST_CASE("a file gets lines at its end") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "log";
  for (const char* line : {"event=a", "event=b"}) {
    auto sink = LogSink::file(path, kNow);
    REQUIRE(sink);
    REQUIRE(sink->write(3, line, {}));
  }
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str() == "time=2027-01-15T08:00:00Z event=a\ntime=2027-01-15T08:00:00Z event=b\n");
}

TEST_CASE("what nobody listens to is an error") {
  const ScratchDirectory scratch;
  CHECK_FALSE(LogSink::syslog(kNow, scratch / "none"));
  CHECK_FALSE(LogSink::journal(scratch / "none"));
  CHECK_FALSE(LogSink::syslog(kNow, "/" + std::string(200, 'x')));
  CHECK_FALSE(LogSink::file(scratch / "no/folder", kNow));
}

TEST_CASE("a daemon that does not read is an error, and not waited for without an end") {
  const ScratchDirectory scratch;
  Listener daemon(scratch / "log");
  auto sink = LogSink::syslog(kNow, scratch / "log", std::chrono::milliseconds(1));
  REQUIRE(sink);
  bool written = true;
  for (int line = 0; written && line < 100'000; ++line) {
    written = sink->write(3, "event=finding", kFields).ok();
  }
  CHECK_FALSE(written);
}
