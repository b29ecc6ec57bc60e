// The program over a real oxenstored and its access log: a guest forges its link, puts another one
// back, removes a frontend and is refused at a neighbour's nodes. Findings name the author with
// proof, from the daemon's own file, from the same lines as syslog writes them, and from a status
// report of XCP-ng that contains both the store and the log.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "source/recording/dump_reader.h"
#include "support/guest_connection.h"
#include "support/printed_by.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/syslog_lines.h"
#include "support/xenstore_client.h"
#include "support/xenstore_ls.h"

namespace xsaudit {
namespace {

using Json = nlohmann::json;

const std::string kHost = XSAUDIT_SOURCE_DIR
    "/tests/dumps/lab-xen4.17-oxenstored/"
    "01-2pv-vif-vbd.fp.txt";

Json audit(const std::string& arguments) {
  return Json::parse(run_command(XSAUDIT_PROGRAM " audit --format json " + arguments).text);
}

const Json* finding_of(const Json& result, const std::string& rule, const std::string& path) {
  for (const Json& finding : result["findings"]) {
    if (finding["rule"] == rule && finding["path"] == path) return &finding;
  }
  return nullptr;
}

void check_link(const Json& result) {
  const Json* const link =
      finding_of(result, "frontend-link-forged", "/local/domain/1/device/vif/0/backend");
  REQUIRE(link != nullptr);
  const Json& log = (*link)["log"];
  CHECK(log["status"] == "proven");
  CHECK(log["text"].get<std::string>().starts_with("domain 1 \"alpha\" wrote this value at "));
  CHECK(log["changes"].back()["domain"] == 1);
  CHECK(log["changes"].back()["value"] == "/local/domain/0/backend/vif/2/0");
}

void check_restored(const Json& result) {
  const Json* const link =
      finding_of(result, "link-forged-and-restored", "/local/domain/1/device/vbd/51712/backend");
  REQUIRE(link != nullptr);
  CHECK((*link)["log"]["status"] == "proven");
  CHECK((*link)["log"]["changes"].back()["domain"] == 1);
}

void check_probing(const Json& result) {
  const Json* const probing = finding_of(result, "guest-probes-store", "/local/domain/1");
  REQUIRE(probing != nullptr);
  CHECK((*probing)["severity"] == "medium");
  CHECK((*probing)["message"].get<std::string>().find("attempted 6 changes") != std::string::npos);
  CHECK((*probing)["suspect"]["domain"] == 1);
  CHECK(finding_of(result, "guest-probes-store", "/local/domain/2") == nullptr);
}

// Domain 2 removed its frontend.
void check_removed(const Json& result) {
  const auto about =
      std::find_if(result["findings"].begin(), result["findings"].end(), [](const Json& finding) {
        return finding["domain"] == 2 && !finding["log"].is_null() &&
               finding["who"]["part"] == "presence" && finding["log"]["status"] == "proven";
      });
  REQUIRE(about != result["findings"].end());
  CHECK((*about)["log"]["changes"].back()["operation"] == "rm");
  CHECK((*about)["log"]["changes"].back()["domain"] == 2);
}

// Domain 1 forges two links, puts one back, and is refused at domain 2, which removes a frontend.
void play(RunningDaemon& daemon, XenstoreClient& control) {
  const auto recorded = read_dump_text(contents_of(kHost), "host");
  REQUIRE(recorded);
  control.load(*recorded);
  GuestConnection alpha(daemon, control, 1);
  GuestConnection beta(daemon, control, 2);
  const std::string disk = *control.read("/local/domain/1/device/vbd/51712/backend");
  REQUIRE(alpha.write("device/vbd/51712/backend", "/local/domain/0/backend/vbd/2/51712").done());
  REQUIRE(alpha.write("device/vbd/51712/backend", disk).done());
  REQUIRE(alpha.write("device/vif/0/backend", "/local/domain/0/backend/vif/2/0").done());
  for (const char* const path : {"data", "name", "device/vif/0/state"}) {
    const std::string foreign = std::string("/local/domain/2/") + path;
    REQUIRE(alpha.write(foreign, "x").error == "EACCES");
    REQUIRE(alpha.remove(foreign).error == "EACCES");
  }
  REQUIRE(beta.remove("/local/domain/2/device/vif/0").done());
  REQUIRE(beta.write("/local/domain/1/name", "x").error == "EACCES");
}

void check_authors(const Json& result) {
  check_link(result);
  check_restored(result);
  check_probing(result);
  check_removed(result);
}

// As xen-bugtool (xenserver/status-report) lays it out: the listing is that of `xenstore-ls -f`,
// and the log was rotated once.
std::string status_report_of(const std::string& store, const std::string& log,
                             const ScratchDirectory& scratch) {
  const std::string top = "bug-report-20261129120000/";
  const auto snapshot = read_dump_text(store, "snapshot");
  REQUIRE(snapshot);
  const std::size_t middle = log.find('\n', log.size() / 2) + 1;
  scratch.write(top + "xenstore-ls-f.out",
                printed_by_client(*snapshot, {.whole_paths = true, .permissions = false}));
  scratch.write(top + "list_domains.out",
                "id |                                 uuid |  state\n"
                " 0 | 00000000-0000-0000-0000-000000000000 |     R\n"
                " 1 | bb6c63b1-445d-43e2-8840-b3955d5d1331 |    B H\n"
                " 2 | 1c0f82d6-305d-4002-b93c-984251a6c77b |    B H\n");
  scratch.write(top + "xl-info.out", "host : h\nxen_version            : 4.17.3\n");
  scratch.write(top + "var/log/xenstored-access.log.1", log.substr(0, middle));
  scratch.write(top + "var/log/xenstored-access.log", log.substr(middle));
  printed_by("cd " + scratch.path() + " && tar -czf report.tar.gz " + top);
  return scratch / "report.tar.gz";
}

}  // namespace

TEST_CASE("findings over a live oxenstored name the author that its log proves") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient control;
  play(daemon, control);
  const std::string own = daemon.folder() + "/access.log";
  const std::string syslog = daemon.folder() + "/syslog";
  std::ofstream(syslog) << syslog_lines(contents_of(own));
  for (const std::string& log : {own, syslog}) {
    INFO(log);
    const Json result = audit("--recheck-after 0 --access-log " + log);
    check_authors(result);
    CHECK(result["sources"][0]["incomplete"] == Json::array());
  }
}

TEST_CASE("findings in a status report of a real store name the author that its log proves") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient control;
  play(daemon, control);
  ScratchDirectory scratch;
  const std::string log = syslog_lines(contents_of(daemon.folder() + "/access.log"));
  const std::string report =
      status_report_of(printed_by(XSAUDIT_PROGRAM " snapshot"), log, scratch);
  check_authors(audit(report));
}

}  // namespace xsaudit
