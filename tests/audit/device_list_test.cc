#include "audit/device_list.h"

#include <catch2/catch.hpp>

#include "audit/auditor.h"
#include "audit/guests.h"
#include "audit/result.h"
#include "rules/testing/fixture_store.h"

using namespace xsaudit;

namespace {

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

DeviceList devices_of(const std::string& text, Coverage coverage = Coverage::whole) {
  const auto store = make_fixture_store({text, coverage});
  if (!store) FAIL(store.error().text());
  Guests guests(schema(), *store);
  return list_devices(schema(), *store, guests);
}

using Lines = std::vector<std::string>;

// A network interface as libxl sets it up.
const std::string kInterface = R"(
/libxl/3/device/vif/0/backend = "/local/domain/0/backend/vif/3/0"   (n0)
/libxl/3/device/vif/0/state = "1"   (n0)
/local/domain/3/name = "web"   (n0,r3)
/local/domain/3/device/vif/0/backend = "/local/domain/0/backend/vif/3/0"   (n3,r0)
/local/domain/3/device/vif/0/state = "1"   (n3,r0)
/local/domain/0/backend/vif/3/0/frontend = "/local/domain/3/device/vif/0"   (n0,r3)
/local/domain/0/backend/vif/3/0/state = "2"   (n0,r3)
)";

}  // namespace

TEST_CASE("a device with its three parts and both states") {
  const DeviceList list = devices_of(kInterface);
  REQUIRE(list.devices.size() == 1);
  const DeviceSummary& device = list.devices[0];
  CHECK(device.domid == 3);
  CHECK(device.kind == "vif");
  CHECK(device.id == "0");
  CHECK(device.backend_domid == Domid{0});
  CHECK(device.backend_kind == "vif");
  CHECK(device.record.path == "/libxl/3/device/vif/0");
  CHECK(device.record.presence == Presence::present);
  CHECK(device.record.names.value == "/local/domain/0/backend/vif/3/0");
  CHECK(device.frontend.path == "/local/domain/3/device/vif/0");
  CHECK(device.frontend.state.value == "1");
  CHECK(device.backend.path == "/local/domain/0/backend/vif/3/0");
  CHECK(device.frontend.state_name == "Initialising");
  CHECK(device.backend.state.value == "2");
  CHECK(device.backend.state_name == "InitWait");
  CHECK(device.backend.names.value == "/local/domain/3/device/vif/0");
  CHECK(list.left_out == 0);
  REQUIRE(list.domains.size() == 2);
  CHECK(list.domains[0].domid == 0);
  CHECK(list.domains[1].name == "web");
}

TEST_CASE("the backend of a device") {
  SECTION("a link to another guest's backend does not make it this device's") {
    const auto list = devices_of(
        kInterface +
        "/local/domain/4/device/vif/0/backend = \"/local/domain/0/backend/vif/3/0\"   (n4,r0)\n"
        "/libxl/4/device/vif/0/backend = \"/local/domain/0/backend/vif/4/0\"   (n0)\n"
        "/local/domain/0/backend/vif/4/0/frontend = \"/local/domain/4/device/vif/0\"   (n0,r4)\n");
    REQUIRE(list.devices.size() == 2);
    CHECK(list.devices[1].backend.path == "/local/domain/0/backend/vif/4/0");
    CHECK(list.devices[1].frontend.names.value == "/local/domain/0/backend/vif/3/0");
  }
  SECTION("a backend that is absent has the place that the others name") {
    const auto list = devices_of(
        "/libxl/3/device/vif/0/backend = \"/local/domain/7/backend/vif/3/0\"   (n0)\n"
        "/local/domain/3/device/vif/0/backend = \"/local/domain/7/backend/vif/3/0\"   (n3,r7)\n");
    REQUIRE(list.devices.size() == 1);
    CHECK(list.devices[0].backend.presence == Presence::absent);
    CHECK(list.devices[0].backend.path == "/local/domain/7/backend/vif/3/0");
    CHECK(list.devices[0].backend_domid == Domid{7});
  }
  SECTION("a backend alone makes a device, of the kind of its frontend") {
    const auto list = devices_of(
        "/local/domain/0/backend/qdisk/3/51712/frontend = "
        "\"/local/domain/3/device/vbd/51712\"   (n0,r3)\n");
    REQUIRE(list.devices.size() == 1);
    CHECK(list.devices[0].kind == "vbd");
    CHECK(list.devices[0].backend_kind == "qdisk");
    CHECK(list.devices[0].frontend.presence == Presence::absent);
  }
  SECTION("of two backends, the recorded one") {
    const auto list = devices_of(
        kInterface +
        "/local/domain/7/backend/vif/3/0/frontend = \"/local/domain/3/device/vif/0\"   (n7,r3)\n");
    REQUIRE(list.devices.size() == 1);
    CHECK(list.devices[0].backend_domid == Domid{0});
  }
}

TEST_CASE("parts that an excerpt does not show are unknown, not absent") {
  const auto list = devices_of(
      "/local/domain/3/device/vif/0/backend = \"/local/domain/0/backend/vif/3/0\"   (n3,r0)\n",
      Coverage::excerpt);
  REQUIRE(list.devices.size() == 1);
  const DeviceSummary& device = list.devices[0];
  CHECK(device.backend.presence == Presence::unknown);
  CHECK(device.backend.presence_unknown == UnknownReason::not_recorded);
  CHECK(device.frontend.state.presence == Presence::unknown);
  CHECK(device.record.presence == Presence::unknown);
}

TEST_CASE("a console lies apart, and what only looks like a device is none") {
  const auto list = devices_of(
      "/local/domain/3/console/backend = \"/local/domain/0/backend/console/3/0\"   (n0,r3)\n"
      "/local/domain/0/backend/console/3/0/frontend = \"/local/domain/3/console\"   (n0,r3)\n"
      "/local/domain/3/device/console/0/backend = \"/elsewhere\"   (n3,r0)\n"
      "/local/domain/3/device/suspend/event-channel = \"\"   (n3)\n");
  REQUIRE(list.devices.size() == 1);
  CHECK(list.devices[0].frontend.path == "/local/domain/3/console");
}

TEST_CASE("devices are in the order of their numbers") {
  std::string text;
  for (const char* device : {"3/vbd/51728", "3/vbd/768", "10/vif/0", "3/vif/10", "3/vif/9"}) {
    const std::string path = device;
    const auto slash = path.find('/');
    text += "/local/domain/" + path.substr(0, slash) + "/device" + path.substr(slash) +
            "/state = \"1\"   (n0)\n";
  }
  Lines order;
  for (const DeviceSummary& device : devices_of(text).devices) {
    order.push_back(std::to_string(device.domid) + "/" + device.kind + "/" + device.id);
  }
  CHECK(order == Lines{"3/vbd/768", "3/vbd/51728", "3/vif/9", "3/vif/10", "10/vif/0"});
}

TEST_CASE("made-up devices do not hide those that were recorded") {
  std::string text;
  for (int id = 0; id < 500; ++id) {
    text += "/local/domain/7/backend/vif/3/" + std::to_string(id) + "/state = \"4\"   (n7,r3)\n";
  }
  text += "/libxl/3/device/vif/499/backend = \"/local/domain/7/backend/vif/3/499\"   (n0)\n";
  text += "/local/domain/4/device/vif/0/state = \"4\"   (n4)\n";
  const auto list = devices_of(text);
  REQUIRE(list.devices.size() == DeviceList::kMaxOfOneGuest + 1);
  CHECK(list.left_out == 500 - DeviceList::kMaxOfOneGuest);
  CHECK(list.devices[DeviceList::kMaxOfOneGuest - 1].id == "499");
  CHECK(list.devices.back().domid == 4);
}

TEST_CASE("which findings are about a device") {
  AuditResult result;
  Finding finding;
  finding.guest = Guest{3, "", ""};
  finding.device = "vif/0";
  result.findings.push_back(finding);
  finding.source = 1;
  result.findings.push_back(finding);
  finding.guest.reset();
  result.findings.push_back(finding);
  DeviceSummary device;
  device.domid = 3;
  device.kind = "vif";
  device.id = "0";
  const FindingsByDevice findings(result);
  CHECK(findings.of(0, device) == std::vector<const Finding*>{&result.findings[0]});
  CHECK(findings.of(1, device) == std::vector<const Finding*>{&result.findings[1]});
  device.domid = 4;
  CHECK(findings.of(0, device).empty());
}
