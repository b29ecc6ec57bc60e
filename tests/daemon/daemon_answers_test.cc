// The answers of real daemons to a privileged client, and the rules over them.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "audit/auditor.h"
#include "rules/rule_set.h"
#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "support/guest_connection.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

Result<Snapshot> walked() {
  auto reader = open_reader({.way = ReaderOptions::Way::wire});
  REQUIRE(reader);
  auto store = read_live(**reader);
  REQUIRE(store);
  CHECK(store->info().complete());
  return store;
}

// "RULE PATH" for each finding about a limit, and "? RULE" for each such rule that is not
// evaluated.
std::set<std::string> judged(const Result<Snapshot>& store) {
  const Schema schema = *Schema::load(embedded_schema());
  const RuleSet rules = *RuleSet::load(embedded_rules(), schema);
  Auditor auditor(schema, rules, {});
  const SourceAudit audit = auditor.audit("live", store, {});
  std::set<std::string> found;
  const auto about = [&](std::size_t rule) -> std::string {
    const std::string& id = rules.rules()[rule].id;
    return id.find("quota") == std::string::npos ? "" : id;
  };
  for (const Finding& finding : audit.findings) {
    if (const std::string id = about(finding.rule); !id.empty()) {
      found.insert(id + " " + finding.path);
    }
  }
  for (const UndecidedRule& rule : audit.not_evaluated) {
    if (const std::string id = about(rule.rule); !id.empty()) found.insert("? " + id);
  }
  return found;
}

void make_home(XenstoreClient& control, Domid domid) {
  const std::string home = "/local/domain/" + std::to_string(domid);
  control.write(home + "/name", "guest");
  control.set_permissions(home, "n0,r" + std::to_string(domid));
  control.write(home + "/data", "");
  control.set_permissions(home + "/data", "n" + std::to_string(domid));
}

}  // namespace

TEST_CASE("the watches of a guest near its limit") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    make_home(control, 5);
    make_home(control, 6);
    GuestConnection near(daemon, control, 5);
    GuestConnection far(daemon, control, 6);
    const int most = daemon.kind() == Daemon::oxenstored ? 100 : 128;
    const int count = most * 9 / 10;
    for (int i = 0; i < count; ++i) {
      REQUIRE(near.watch("data/" + std::to_string(i), "token\nof two lines").done());
    }
    REQUIRE(far.watch("data", "token").done());
    // A token that looks like a line of the answer makes the list worthless, and no count.
    auto store = walked();
    if (daemon.kind() == Daemon::oxenstored) {
      CHECK_FALSE(store->info().clients->lists_watches);
      CHECK(judged(store) == std::set<std::string>{"? watch-count-near-quota"});
      return;
    }
    CHECK(store->info().clients->watch_count(5) == static_cast<std::uint64_t>(count));
    CHECK(store->info().clients->watch_count(6) == 1U);
    CHECK(judged(store) == std::set<std::string>{"watch-count-near-quota /local/domain/5"});
  });
}

TEST_CASE("oxenstored lists the watches of its clients") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient control;
  make_home(control, 5);
  GuestConnection guest(daemon, control, 5);
  for (int i = 0; i < 90; ++i) REQUIRE(guest.watch("data/" + std::to_string(i), "t").done());
  const auto store = walked();
  CHECK(store->info().clients->lists_watches);
  CHECK(store->info().clients->watch_count(5) == 90U);
  CHECK(store->info().clients->limits == ClientState::Limits{{"nodes", 1000}});
  CHECK(judged(store) == std::set<std::string>{"watch-count-near-quota /local/domain/5"});
}

TEST_CASE("the nodes of a guest near the limit that the daemon reports") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    make_home(control, 5);
    GuestConnection guest(daemon, control, 5);
    for (int i = 0; i < 850; ++i) {  // few in each directory, whose size has a limit as well
      const std::string directory = "data/" + std::to_string(i / 100);
      REQUIRE(guest.make(directory + "/" + std::to_string(i)).done());
    }
    const auto store = walked();
    CHECK(store->info().clients->limits.at("nodes") == 1000);
    CHECK(judged(store) == std::set<std::string>{"node-quota-near /local/domain/5"});
  });
}

// XCP-ng and XenServer configure 8,192 nodes and 512 watches.
TEST_CASE("a guest with 1,501 nodes on a host whose daemon allows 8,192") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  RunningDaemon daemon(Daemon::oxenstored, "quota-maxentity = 8192\nquota-maxwatch = 512\n");
  XenstoreClient control;
  make_home(control, 5);
  GuestConnection guest(daemon, control, 5);
  for (int i = 0; i < 1500; ++i) REQUIRE(guest.make("data/" + std::to_string(i)).done());
  const auto store = walked();
  CHECK(store->info().clients->limits.at("nodes") == 8192);
  CHECK(judged(store).empty());
}

}  // namespace xsaudit
