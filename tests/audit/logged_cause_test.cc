// What a log proves about the wrong node of a finding. Each log is written by hand; the statements
// follow from the lines of it and from the store, not from the program's own output.
#include "audit/logged_cause.h"
#include "source/log/log_reader.h"
#include "store_text.h"

namespace xsaudit {
namespace {

const std::string kLink = "/local/domain/3/device/vif/0/backend";
const std::string kStore =
    "/local/domain/3 = \"\"   (n0,r3)\n"
    "/local/domain/3/name = \"web\"   (n0,r3)\n"
    "/local/domain/3/device/vif/0 = \"\"   (n3,r0)\n" +
    kLink + " = \"/forged\"   (n3,r0,r4)\n";

std::string own(int second, const std::string& rest) {
  return "[20261128T12:00:" + std::to_string(10 + second) + ".000Z]  " + rest + "\n";
}

std::string in_syslog(int second, const std::string& rest) {
  return "Nov 28 12:00:" + std::to_string(10 + second) + " host oxenstored:  " + rest + "\n";
}

struct Asked {
  std::string log;
  Cause::Part part = Cause::Part::value;
  std::string path = kLink;
  std::optional<std::int64_t> recorded = std::nullopt;  // when the store was, in seconds
};

constexpr std::int64_t kNoon = 1'795'867'200;  // 2026-11-28T12:00:00Z

LoggedCause ask(const Asked& asked) {
  Result<Snapshot> store = read_dump_text(kStore, "store");
  REQUIRE(store);
  store->info().time = asked.recorded;
  store->info().access_log =
      std::make_shared<const AccessLog>(*read_log_text(asked.log, "log", kNoon));
  const AuditContext facts(schema(), *store);
  Guests guests(schema(), *store, &facts.access);
  Cause cause;
  cause.path = asked.path;
  cause.part = asked.part;
  const auto logged = LogProver(facts, guests).of(cause);
  REQUIRE(logged);
  return *logged;
}

std::vector<std::string> steps(const LoggedCause& logged) {
  std::vector<std::string> all;
  for (const LoggedChange& one : logged.changes) {
    all.push_back(one.by + ": " + to_text(one.operation) + " " + one.path);
  }
  return all;
}

using Proof = LoggedCause::Status;
using Steps = std::vector<std::string>;

const std::string kToolstackWrote = "A1           write     " + kLink + " /own";
const std::string kForged = "D3           write     device/vif/0/backend /forged";

}  // namespace

TEST_CASE("the last write of a value that the store has is proven, with the steps before it") {
  const LoggedCause logged =
      ask({own(0, kToolstackWrote) + own(1, "D3           rm        device/vif/0 ") +
           own(2, "D3           mkdir     device/vif/0 ") + own(3, kForged) +
           own(4, "A1           write     /local/domain/3/device/vif/0/state 4")});
  CHECK(logged.status == Proof::proven);
  CHECK(logged.text == "domain 3 \"web\" wrote this value at 2026-11-28T12:00:13.000Z");
  CHECK(steps(logged) ==
        Steps{"process A1 of domain 0: write " + kLink, "domain 3: rm /local/domain/3/device/vif/0",
              "domain 3: mkdir /local/domain/3/device/vif/0", "domain 3: write " + kLink});
  CHECK(logged.changes.back().place == "log:4");

  // Refused and uncommitted writes change nothing.
  const LoggedCause refused =
      ask({own(0, kForged) + own(1, "D4           write     " + kLink + " /other") +
           own(1, "D4           error     EACCES ") +
           own(2, "D3.9         write     device/vif/0/backend /aborted")});
  CHECK(refused.status == Proof::proven);
  CHECK(refused.changes.size() == 1);
}

TEST_CASE("a later domain of the same number is not the author") {
  const LoggedCause logged = ask({own(0, kForged) + own(1, "D3           endconn   ")});
  CHECK(logged.status == Proof::proven);
  CHECK(logged.text ==
        "an earlier domain 3, which has ended, wrote this value at 2026-11-28T12:00:10.000Z");
}

TEST_CASE("a disagreement between log and store is stated, and nothing is guessed") {
  CHECK(ask({own(0, kForged) + own(1, kToolstackWrote)}).status == Proof::contradicted);
  CHECK(ask({own(0, kForged) + own(1, kToolstackWrote)}).text ==
        "log and store disagree: by the log, process A1 of domain 0 last wrote another value at "
        "2026-11-28T12:00:11.000Z");
  CHECK(ask({own(0, kForged) + own(1, "D3           rm        device ")}).status ==
        Proof::contradicted);
  // Domain 5 may not write the node: an error was logged after another request.
  CHECK(ask({own(0, "D5           write     " + kLink + " /forged")}).status ==
        Proof::contradicted);
  // Changes after the store was recorded are not in it.
  CHECK(ask({own(0, kForged) + own(9, kToolstackWrote), Cause::Part::value, kLink, kNoon + 12})
            .status == Proof::proven);
}

TEST_CASE("a log that begins too late contains no author") {
  const LoggedCause logged = ask({own(0, "A1           write     /vm/x y")});
  CHECK(logged.status == Proof::missing);
  CHECK(logged.text ==
        "the log contains no write of the node; it begins at 2026-11-28T12:00:10.000Z");
  CHECK(logged.changes.empty());
}

TEST_CASE("a transaction without a logged commit is no proof") {
  const std::string write = "D3.5         write     device/vif/0/backend /forged";
  CHECK(ask({in_syslog(0, write)}).status == Proof::supported);
  CHECK(ask({in_syslog(0, write)}).text ==
        "domain 3 \"web\" wrote this value at 2026-11-28T12:00:10, in a transaction whose commit "
        "the log does not contain");
  CHECK(ask({in_syslog(0, kForged)}).status == Proof::proven);
  // In the daemon's own file the commit is missing because there was none.
  CHECK(ask({own(0, write)}).status == Proof::missing);
  CHECK(ask({own(0, write) + own(0, "D3.5         commit    ")}).status == Proof::proven);
}

TEST_CASE("permissions and removals are proven like values") {
  const std::string set = "D3           setperms  device/vif/0/backend ";
  CHECK(ask({own(0, set + "n3 r0 r4 "), Cause::Part::permissions}).text ==
        "domain 3 \"web\" set these permissions at 2026-11-28T12:00:10.000Z");
  CHECK(ask({own(0, set + "n3 b0 "), Cause::Part::permissions}).status == Proof::contradicted);
  CHECK(ask({own(0, kForged), Cause::Part::permissions}).status == Proof::missing);

  const std::string gone = "/local/domain/3/device/vif/1/backend";
  const std::string rm = "D3           rm        device/vif/1 ";
  CHECK(ask({own(0, rm), Cause::Part::presence, gone}).text ==
        "domain 3 \"web\" removed /local/domain/3/device/vif/1, and the node with it, at "
        "2026-11-28T12:00:10.000Z");
  CHECK(ask({own(0, rm) + own(1, "A1           write     " + gone + " /x"), Cause::Part::presence,
             gone})
            .status == Proof::contradicted);
  CHECK(ask({own(0, kForged), Cause::Part::presence, gone}).status == Proof::missing);
}

TEST_CASE("a trace in which guests can forge lines is shown, and proves nothing") {
  const LoggedCause logged =
      ask({"io: IN 0x560b1c2d3e40 (d3) 20261128 12:11:05 WRITE (device/vif/0/backend /forged)\n"
           "io: OUT 0x560b1c2d3e40 (d3) 20261128 12:11:05 WRITE (OK )\n"});
  CHECK(logged.status == Proof::forgeable);
  CHECK(logged.changes.size() == 1);
}

TEST_CASE("secrets of the log are not shown") {
  const std::string path = "/local/domain/3/console/vnc-pass";
  Result<Snapshot> store = read_dump_text(path + " = \"hunter2\"   (n0,r3)\n", "store");
  store->info().access_log = std::make_shared<const AccessLog>(
      *read_log_text(own(0, "A1           write     " + path + " hunter2"), "log", kNoon));
  const AuditContext facts(schema(), *store);
  Guests guests(schema(), *store, &facts.access);
  Cause cause;
  cause.path = path;
  const auto logged = LogProver(facts, guests).of(cause);
  REQUIRE(logged);
  CHECK(logged->status == Proof::proven);
  CHECK(logged->changes.at(0).secret);
  CHECK(logged->changes.at(0).value.empty());
}

}  // namespace xsaudit
