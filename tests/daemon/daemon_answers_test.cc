// The answers of real daemons to a privileged client, and the rules over them.
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

extern "C" {  // the header does not say it
#include <xen/io/xs_wire.h>
}

#include "audit/auditor.h"
#include "rules/rule_set.h"
#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "support/guest_connection.h"
#include "support/running_daemon.h"
#include "support/unix_socket.h"
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

// SET_QUOTA of Xen 4.22, which the headers of Debian 12 do not have. False if the daemon refuses.
bool set_limit(const RunningDaemon& daemon, Domid domid, const std::string& name, int limit) {
  constexpr std::uint32_t kSetQuota = 26;
  std::string text = std::to_string(domid) + '\0' + name + '\0' + std::to_string(limit) + '\0';
  const int socket = connect_to(daemon.socket());
  xsd_sockmsg header{};
  header.type = kSetQuota;
  header.len = static_cast<std::uint32_t>(text.size());
  text.insert(0, reinterpret_cast<const char*>(&header), sizeof header);
  bool done =
      ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  done = done && ::recv(socket, &header, sizeof header, MSG_WAITALL) == sizeof header;
  ::close(socket);
  return done && header.type == kSetQuota;
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

// From Xen 4.22 on. Domains 5 and 6 have limits of their own, 7 those of all.
TEST_CASE("the limits of single domains that the daemon reports") {
  with_each_daemon([](RunningDaemon& daemon) {
    if (walked()->info().any_domid != true) {
      WARN("not tested: this " << to_text(daemon.kind()) << " has no limits of single domains");
      return;
    }
    XenstoreClient control;
    for (const Domid domid : {5, 6, 7}) make_home(control, domid);
    GuestConnection low(daemon, control, 5);
    GuestConnection high(daemon, control, 6);
    GuestConnection usual(daemon, control, 7);
    for (const auto& [name, number] : {std::pair("nodes", 100), std::pair("watches", 40)}) {
      REQUIRE(set_limit(daemon, 5, name, number));
      REQUIRE(set_limit(daemon, 6, name, 40 * number));
    }
    for (GuestConnection* const guest : {&low, &usual}) {
      for (int i = 0; i < 36; ++i) REQUIRE(guest->watch("data/" + std::to_string(i), "t").done());
      for (int i = 0; i < 90; ++i) REQUIRE(guest->make("data/" + std::to_string(i)).done());
    }
    for (int i = 0; i < 120; ++i) REQUIRE(high.watch("data/" + std::to_string(i), "t").done());
    for (int i = 0; i < 950; ++i) {
      REQUIRE(high.make("data/" + std::to_string(i / 100) + "/" + std::to_string(i)).done());
    }
    const auto store = walked();
    const auto& limits = store->info().clients->limits_of;
    CHECK(limits.at(5) == ClientState::Limits{{"nodes", 100}, {"watches", 40}});
    CHECK(limits.at(6) == ClientState::Limits{{"nodes", 4000}, {"watches", 1600}});
    CHECK(limits.at(7) == ClientState::Limits{{"nodes", 1000}, {"watches", 128}});
    CHECK(judged(store) == std::set<std::string>{"node-quota-near /local/domain/5",
                                                 "watch-count-near-quota /local/domain/5"});
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
