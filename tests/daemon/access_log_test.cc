// The access log of a real oxenstored with a guest that forges its link, puts it back, removes its
// frontend, is refused at a neighbour's nodes and conflicts in a transaction; and the same lines as
// syslog would write them.
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "source/log/log_reader.h"
#include "support/guest_connection.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/syslog_lines.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

const std::string kLink = "/local/domain/3/device/vif/0/backend";
const std::string kOwn = "/local/domain/0/backend/vif/3/0";
const std::string kForeign = "/local/domain/0/backend/vif/1/0";
// A moment at which none of the logs is older than a year.
std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void set_up(XenstoreClient& toolstack) {
  toolstack.write_together({{"/local/domain/1/data", ""}, {"/local/domain/3/data", ""}});
  toolstack.write_together({{"/local/domain/3/device/vif/0", ""}, {kLink, kOwn}});
  toolstack.set_permissions("/local/domain/3", "n0,r3");
  toolstack.set_permissions("/local/domain/3/data", "n3");
  toolstack.set_permissions("/local/domain/3/device/vif", "n0,r3");
  toolstack.set_permissions("/local/domain/3/device/vif/0", "n3,r0");
  toolstack.set_permissions(kLink, "n3,r0");
}

// The lines that the daemon has written by the time it has answered a request.
std::string log_of(const RunningDaemon& daemon, XenstoreClient& toolstack) {
  toolstack.write("/tool/mark", "the end");
  const std::string file = daemon.folder() + "/access.log";
  for (int i = 0; i < 2000 && contents_of(file).find("the end") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return contents_of(file);
}

// "domain 3 write /a = b: done"
std::vector<std::string> told(const AccessLog& log, std::string_view path, Domid domid) {
  std::vector<std::string> lines;
  for (const LogEvent* const event : log.history(path)) {
    if (event->by.domid() != domid) continue;
    std::string line = std::string(to_text(event->operation)) + " " + event->path;
    if (!event->value.empty()) line += " = " + event->value;
    line += std::string(": ") + to_text(event->outcome);
    if (!event->error.empty()) line += " " + event->error;
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the log of a hostile guest contains what the guest did, with its effects") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient toolstack;
  set_up(toolstack);
  GuestConnection guest(daemon, toolstack, 3);
  REQUIRE(guest.write("device/vif/0/backend", kForeign).done());
  REQUIRE(guest.write(kLink, kOwn).done());
  REQUIRE(guest.remove("/local/domain/3/device/vif/0").done());
  REQUIRE(guest.write("/local/domain/1/data/note", "mine").error == "EACCES");
  REQUIRE(guest.set_permissions("/local/domain/1/data", "b3").error == "EACCES");
  REQUIRE(guest.list("/local/domain/1/data").error == "EACCES");
  guest.begin();
  guest.read("data/t");
  REQUIRE(guest.write("data/t", "from the guest").done());
  toolstack.write("/local/domain/3/data/t", "from the toolstack");
  REQUIRE(guest.end(true).error == "EAGAIN");
  guest.begin();
  REQUIRE(guest.write("data/aborted", "1").done());
  REQUIRE(guest.end(false).done());
  guest.begin();
  REQUIRE(guest.write("data/kept", "2").done());
  REQUIRE(guest.end(true).done());

  const std::string text = log_of(daemon, toolstack);
  const AccessLog log = *read_log_text(text, "access.log", now());
  CHECK(log.gaps().empty());
  CHECK(told(log, "/local/domain/3/device", 3) ==
        Lines{"write " + kLink + " = " + kForeign + ": done",
              "write " + kLink + " = " + kOwn + ": done", "rm /local/domain/3/device/vif/0: done"});
  CHECK(told(log, "/local/domain/1", 3) ==
        Lines{"write /local/domain/1/data/note = mine: refused EACCES",
              "setperms /local/domain/1/data = b3: refused EACCES"});
  CHECK(told(log, "/local/domain/3/data", 3) ==
        Lines{"write /local/domain/3/data/t = from the guest: conflict EAGAIN",
              "write /local/domain/3/data/aborted = 1: not committed",
              "write /local/domain/3/data/kept = 2: done"});
  CHECK(log.refusals(3).changes == 2);
  CHECK(log.refusals(3).others == 1);  // the request to list

  const std::string as_syslog = syslog_lines(text);
  REQUIRE(as_syslog.find("commit") == std::string::npos);
  const AccessLog sys = *read_log_text(as_syslog, "access.log", now());
  CHECK(sys.gaps().empty());
  CHECK(sys.form() == LogForm::syslog);
  // The same but for the effects of transactions, of which syslog has no end.
  CHECK(told(sys, "/local/domain/3/device", 3) == told(log, "/local/domain/3/device", 3));
  CHECK(told(sys, "/local/domain/1", 3) == told(log, "/local/domain/1", 3));
  CHECK(told(sys, "/local/domain/3/data", 3) ==
        Lines{"write /local/domain/3/data/t = from the guest: conflict EAGAIN",
              "write /local/domain/3/data/aborted = 1: unknown",
              "write /local/domain/3/data/kept = 2: unknown"});
  CHECK(time_text(sys.events().back()) == time_text(log.events().back()).substr(0, 19));
}

TEST_CASE("a guest forges nothing in the log with newlines, lines of a log, or long values") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient toolstack;
  set_up(toolstack);
  GuestConnection guest(daemon, toolstack, 3);
  const std::string forged =
      "[20261128T12:33:38.467Z]  D1           write     " + kLink + " forged";
  for (const std::string& value :
       {"x\n" + forged, "x\r\n" + forged + "\n", "\0\n" + forged, std::string(4000, 'v'),
        std::string(1900, '\n') + forged, std::string(120, 'a') + "\\\n" + forged,
        "Nov 28 12:33:38 host oxenstored:  D1           write     " + kLink + " forged",
        "\nNov 28 12:33:38 host oxenstored:  D1           write     " + kLink + " forged"}) {
    guest.write("data/note", value);
    guest.write("data/" + value, "in the path");
    guest.write(value, "in the path");
    guest.set_permissions("data/note", value);
    guest.make("data/x\n" + forged);
    guest.remove("data/x\n" + forged);
  }
  guest.write(kLink, kForeign);

  const std::string text = log_of(daemon, toolstack);
  REQUIRE(text.find("forged") != std::string::npos);
  for (const bool in_syslog : {false, true}) {
    const AccessLog log =
        *read_log_text(in_syslog ? syslog_lines(text) : text, "access.log", now());
    CHECK(log.gaps().empty());
    CHECK(told(log, kLink, 3) == Lines{"write " + kLink + " = " + kForeign + ": done"});
    for (const LogEvent& event : log.events()) {
      CHECK(event.by != LogConnection{LogConnection::Kind::domain, 1});
    }
    if (in_syslog) continue;
    // The daemon truncates lines of its own file.
    const auto longest =
        std::find_if(log.events().begin(), log.events().end(),
                     [](const LogEvent& event) { return event.value.starts_with("vvvv"); });
    REQUIRE(longest != log.events().end());
    CHECK(longest->value_cut);
    CHECK(longest->value.find('.') == std::string::npos);
  }
}

TEST_CASE("a trace of a real C xenstored contains what a guest did, and is forgeable") {
  if (!RunningDaemon::available(Daemon::cxenstored)) return;
  ScratchDirectory scratch;
  const std::string file = scratch / "trace";
  RunningDaemon daemon(Daemon::cxenstored, "--trace-file=" + file);
  XenstoreClient toolstack;
  set_up(toolstack);
  GuestConnection guest(daemon, toolstack, 3);
  REQUIRE(guest.write(kLink, kForeign).done());
  REQUIRE(guest.write(kLink, kOwn).done());
  REQUIRE(guest.write("/local/domain/1/data/note", "mine").error == "EACCES");
  REQUIRE(guest.remove("/local/domain/3/device/vif/0").done());
  toolstack.write("/tool/mark", "the end");

  const AccessLog log = *read_log_text(contents_of(file), "trace", now());
  CHECK(log.form() == LogForm::trace);
  CHECK(log.forgeable());
  CHECK(log.gaps().empty());
  Lines lines;
  for (const LogEvent* const event : log.history("/local/domain")) {
    std::string line = std::string(to_text(event->operation)) + " " + event->path;
    if (!event->value.empty()) line += " = " + event->value;
    lines.push_back(line + ": " + to_text(event->outcome));
  }
  // Which transaction a request belongs to is not in the trace.
  const std::string set_up_done = "write " + kLink + " = " + kOwn + ": unknown";
  CHECK(std::count(lines.begin(), lines.end(), set_up_done) == 1);
  REQUIRE(lines.size() > 4);
  CHECK(Lines(lines.end() - 4, lines.end()) ==
        Lines{"write " + kLink + " = " + kForeign + ": done",
              "write " + kLink + " = " + kOwn + ": done",
              "write /local/domain/1/data/note = mine: refused",
              "rm /local/domain/3/device/vif/0: done"});
}

}  // namespace xsaudit
