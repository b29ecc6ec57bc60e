// A recording compared with the live store that it was loaded into: no difference at first, then
// the one that a guest makes.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "source/recording/dump_reader.h"
#include "support/guest_connection.h"
#include "support/printed_by.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Json = nlohmann::json;

// Each daemon lists other special nodes, so each has a recording of its own.
std::string recording_of(Daemon daemon) {
  return std::string(XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-") +
         (daemon == Daemon::oxenstored ? "oxenstored" : "cxenstored") + "/01-2pv-vif-vbd.fp.txt";
}

Json diff(const std::string& stores) {
  return Json::parse(run_command(XSAUDIT_PROGRAM " diff --format json " + stores).text);
}

}  // namespace

TEST_CASE("a live store differs from its recording by what a guest has changed") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    const std::string before = recording_of(daemon.kind());
    const auto recorded = read_dump_text(contents_of(before), "before");
    REQUIRE(recorded);
    XenstoreClient control;
    control.load(*recorded);
    GuestConnection alpha(daemon, control, 1);
    GuestConnection beta(daemon, control, 2);
    CHECK(diff(before + " live")["differences"] == Json::array());

    REQUIRE(alpha.write("device/vif/0/backend", "/local/domain/0/backend/vif/2/0").done());
    const Json after = diff(before + " live");
    REQUIRE(after["differences"].size() == 1);
    const Json& one = after["differences"][0];
    CHECK(one["kind"] == "changed");
    CHECK(one["old"]["path"] == "/local/domain/1/device/vif/0/backend");
    CHECK(one["old"]["value"] == "/local/domain/0/backend/vif/1/0");
    CHECK(one["new"]["value"] == "/local/domain/0/backend/vif/2/0");
    REQUIRE(one["suspects"].size() == 1);
    CHECK(one["suspects"][0]["domains"] == Json::array({1}));
    CHECK(after["findings_came"][0]["rule"] == "frontend-link-forged");
    CHECK(after["findings_gone"] == Json::array());
    // The other way round the link is put back.
    const Json back = diff("live " + before);
    CHECK(back["differences"].size() == 1);
    CHECK(back["findings_gone"][0]["rule"] == "frontend-link-forged");
  });
}

}  // namespace xsaudit
