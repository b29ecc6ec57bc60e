// The program over a real oxenstored and its access log: a guest forges its link, puts another one
// back, removes a frontend and is refused at a neighbour's nodes. Findings name the author with
// proof, from the daemon's own file and from the same lines as syslog writes them.
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

namespace xsaudit {
namespace {

using Json = nlohmann::json;

const std::string kHost = XSAUDIT_SOURCE_DIR
    "/tests/dumps/lab-xen4.17-oxenstored/"
    "01-2pv-vif-vbd.fp.txt";

Json audit(const std::string& log) {
  return Json::parse(run_command(XSAUDIT_PROGRAM " audit --recheck-after 0 --format json "
                                                 "--access-log " +
                                 log)
                         .text);
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

}  // namespace

TEST_CASE("findings over a live oxenstored name the author that its log proves") {
  if (!RunningDaemon::available(Daemon::oxenstored)) return;
  RunningDaemon daemon(Daemon::oxenstored);
  XenstoreClient control;
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

  const std::string own = daemon.folder() + "/access.log";
  const std::string syslog = daemon.folder() + "/syslog";
  std::ofstream(syslog) << syslog_lines(contents_of(own));
  for (const std::string& log : {own, syslog}) {
    INFO(log);
    const Json result = audit(log);
    check_link(result);
    check_restored(result);
    check_probing(result);
    check_removed(result);
    CHECK(result["sources"][0]["incomplete"] == Json::array());
  }
}

}  // namespace xsaudit
