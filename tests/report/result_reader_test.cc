#include "report/result_reader.h"
#include "report/device_lines.h"
#include "report/phrases.h"

#include <catch2/catch.hpp>

#include "report/report.h"
#include "report/sample_result.h"

using namespace xsaudit;

namespace {

std::string write(const AuditResult& result, const char* format) {
  return find_report_format(format)->write(result, {});
}

AuditResult saved_and_read(const AuditResult& result) {
  auto read = read_result(write(result, "json"), "r.json");
  if (!read) FAIL(read.error().text());
  return *std::move(read);
}

void check_every_format(const AuditResult& result) {
  const AuditResult read = saved_and_read(result);
  for (const ReportFormat& format : report_formats()) {
    INFO(format.name);
    CHECK(format.write(read, {}) == format.write(result, {}));
  }
}

}  // namespace

TEST_CASE("every format is made of a saved result as of the result itself") {
  SECTION("clean") { check_every_format(clean_result()); }
  SECTION("with a finding") { check_every_format(result_with_finding()); }
  SECTION("with any bytes") { check_every_format(hostile_result(every_byte())); }
  SECTION("without any source") {
    AuditResult result = clean_result();
    result.sources.clear();
    check_every_format(result);
  }
  SECTION("with a source that could not be read") {
    AuditResult result = clean_result();
    result.sources.emplace_back().error = "b.txt: cannot open it";
    result.sources.back().incomplete = {"it could not be read"};
    check_every_format(result);
  }
  SECTION("with all that a source can say") {
    AuditResult result = clean_result();
    SourceSummary& source = result.sources[0];
    source.info.coverage = Coverage::subtree;
    source.info.covered = "/local";
    source.info.daemon = Daemon::oxenstored;
    source.info.host = "xen\x1b";
    source.info.time = -5;
    source.info.consistency = Consistency::moved;
    source.info.add_gap("/a", "it went");
    source.info.gap_count = 300;
    source.liveness = {Liveness::Basis::introduced, {0, 3}, {4}, true};
    source.incomplete = {"it is cut"};
    check_every_format(result);
    const AuditResult read = saved_and_read(result);
    CHECK(read.sources[0].info.time == -5);
    CHECK(read.sources[0].info.host == "xen\x1b");
    CHECK(read.sources[0].info.gap_count == 300);
    CHECK(read.sources[0].liveness.state(5) == Liveness::State::unknown);
  }
  SECTION("with a device that is only half known") {
    AuditResult result = clean_result();
    DeviceSummary device;
    device.domid = 3;
    device.kind = "vif";
    device.id = "0";
    device.record.path = "/libxl/3/device/vif/0";
    device.frontend.path = "/local/domain/3/device/vif/0";
    device.frontend.presence = Presence::present;
    device.frontend.state = {Presence::present, "4", UnknownReason::known};
    device.frontend.state_name = "Connected";
    device.frontend.names = {Presence::present, "", UnknownReason::cut};
    device.backend.presence = Presence::unknown;
    device.backend.presence_unknown = UnknownReason::not_covered;
    DeviceSummary disk = device;
    disk.kernel = DeviceKernel{.driver = "vbd",
                               .state = "Connected",
                               .disk = "7:0",
                               .disk_name = "/srv/\x1b[2J.img",
                               .writable = true,
                               .interfaces = {{"vif3.0", "xenbr0"}, {"vif3.1", ""}}};
    DeviceSummary gone = device;
    gone.kernel.emplace();
    result.sources[0].devices.devices = {device, disk, gone};
    result.sources[0].devices.domains = {{3, "web", ""}};
    result.sources[0].devices.left_out = 7;
    check_every_format(result);
    const AuditResult again = saved_and_read(result);
    const std::vector<DeviceSummary>& devices = again.sources[0].devices.devices;
    CHECK_FALSE(devices.at(0).kernel);
    CHECK(devices.at(1).kernel->disk_name == "/srv/\x1b[2J.img");
    CHECK(devices.at(1).kernel->writable);
    CHECK(devices.at(1).kernel->interfaces.at(0).bridge == "xenbr0");
    CHECK(devices.at(2).kernel->driver.empty());
    CHECK(kernel_phrase(devices.at(0)) == "-");
    CHECK(
        kernel_phrase(devices.at(1)) ==
        "Connected, disk 7:0 (/srv/\\x1b[2J.img) writable, vif3.0 in xenbr0, vif3.1 in no bridge");
    CHECK(kernel_phrase(devices.at(2)) == "no driver");
    CHECK(write_device_lines(again, 0).find("KERNEL") != std::string::npos);
    const DeviceSummary read = saved_and_read(result).sources[0].devices.devices.at(0);
    CHECK_FALSE(read.backend_domid);
    CHECK(read.frontend.state.value == "4");
    CHECK(read.frontend.names.unknown == UnknownReason::cut);
    CHECK(read.backend.presence_unknown == UnknownReason::not_covered);
  }
}

TEST_CASE("evidence comes back with what is not known of it") {
  for (const UnknownReason reason :
       {UnknownReason::not_in_form, UnknownReason::not_recorded, UnknownReason::not_covered,
        UnknownReason::unreadable, UnknownReason::cut, UnknownReason::filtered,
        UnknownReason::secret}) {
    AuditResult result = result_with_finding();
    auto& evidence = result.findings[0].evidence;
    evidence[0].value_unknown = reason;
    evidence[0].value.clear();
    evidence[0].permissions.reset();
    evidence[0].permissions_unknown = reason;
    evidence[0].controllers.reset();
    evidence[1].presence = Presence::unknown;
    evidence[1].presence_unknown = reason;
    check_every_format(result);
    const AuditResult read = saved_and_read(result);
    CHECK(read.findings[0].evidence[0].value_unknown == reason);
    CHECK(read.findings[0].evidence[0].permissions_unknown == reason);
    CHECK(read.findings[0].evidence[1].presence_unknown == reason);
  }
}

TEST_CASE("bytes come back as they were") {
  const AuditResult read = saved_and_read(hostile_result(every_byte()));
  CHECK(read.sources[0].info.name == every_byte());
  CHECK(read.findings[0].path == "/" + every_byte());
  CHECK(read.findings[0].evidence[0].value == every_byte());
  CHECK(read.findings[0].samples.at(0) == "/" + every_byte());
}

TEST_CASE("a result that is none is refused with its place") {
  const auto refusal = [](const std::string& text) {
    const auto read = read_result(text, "r\n.json");
    return read ? "accepted" : read.error().text();
  };
  CHECK(refusal("{\"a\": 1,\n  }") == "r\\n.json:2:3: this is not JSON");
  CHECK(refusal("{\"a\":\n1e999}") == "r\\n.json:2:5: this is not JSON");
  CHECK(refusal(std::string(64, '[') + std::string(64, ']')) ==
        refusal("{\"format\": \"xsaudit-result/2\"}"));
  CHECK(refusal(std::string(65, '[')) == "r\\n.json: it nests deeper than 64");
  CHECK(
      refusal("{\"format\": \"xsaudit-result/2\"}") ==
      "r\\n.json: this is not a result of xsaudit audit --format json (its member \"format\" would "
      "be \"xsaudit-result/1\")");
  CHECK(refusal("{\"format\": \"xsaudit-result/1\"}") == "r\\n.json: version: it is missing");
}
