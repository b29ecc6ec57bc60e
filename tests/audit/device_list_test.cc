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

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

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
  CHECK(device.disagreements.empty());
  CHECK(list.left_out == 0);
  REQUIRE(list.domains.size() == 2);
  CHECK(list.domains[0].domid == 0);
  CHECK(list.domains[1].name == "web");
}

TEST_CASE("ends in states that do not go together") {
  const auto with_states = [](const std::string& frontend, const std::string& backend) {
    return replaced(replaced(kInterface, "device/vif/0/state = \"1\"   (n3",
                             "device/vif/0/state = \"" + frontend + "\"   (n3"),
                    "vif/3/0/state = \"2\"", "vif/3/0/state = \"" + backend + "\"");
  };
  const auto said = [&](const std::string& frontend, const std::string& backend) {
    const auto list = devices_of(with_states(frontend, backend));
    REQUIRE(list.devices.size() == 1);
    return list.devices[0].disagreements;
  };
  CHECK(said("5", "2") == Lines{"frontend Closing, backend InitWait"});
  CHECK(said("4", "2") == Lines{"frontend Connected, backend InitWait"});
  CHECK(said("3", "2") == Lines{"frontend Initialised, backend InitWait"});
  CHECK(said("1", "4") == Lines{"frontend Initialising, backend Connected"});
  for (const auto& [frontend, backend] :
       {std::pair("4", "4"), std::pair("1", "2"), std::pair("5", "5"), std::pair("5", "6"),
        std::pair("6", "6"), std::pair("3", "4"), std::pair("x", "4"), std::pair("4", "")}) {
    CAPTURE(frontend, backend);
    CHECK(said(frontend, backend).empty());
  }
  // A PCI device is reconfigured whenever one comes or goes.
  const auto pci = devices_of(
      "/local/domain/3/device/pci/0/state = \"1\"   (n3,r0)\n"
      "/local/domain/0/backend/pci/3/0/state = \"4\"   (n0,r3)\n");
  REQUIRE(pci.devices.size() == 1);
  CHECK(pci.devices[0].disagreements.empty());
}

TEST_CASE("what the parts of a device contradict each other in") {
  SECTION("the frontend names the backend of somebody else") {
    const auto list = devices_of(
        kInterface +
        "/local/domain/4/device/vif/0/backend = \"/local/domain/0/backend/vif/3/0\"   (n4,r0)\n"
        "/libxl/4/device/vif/0/backend = \"/local/domain/0/backend/vif/4/0\"   (n0)\n"
        "/local/domain/0/backend/vif/4/0/frontend = \"/local/domain/4/device/vif/0\"   (n0,r4)\n");
    REQUIRE(list.devices.size() == 2);
    CHECK(list.devices[0].disagreements.empty());
    CHECK(list.devices[1].disagreements ==
          Lines{"the frontend names \"/local/domain/0/backend/vif/3/0\""});
  }
  SECTION("there is no backend") {
    const auto list = devices_of(
        "/libxl/3/device/vif/0/backend = \"/local/domain/7/backend/vif/3/0\"   (n0)\n"
        "/local/domain/3/device/vif/0/backend = \"/local/domain/7/backend/vif/3/0\"   (n3,r7)\n");
    REQUIRE(list.devices.size() == 1);
    CHECK(list.devices[0].disagreements == Lines{"no backend"});
    CHECK(list.devices[0].backend.path == "/local/domain/7/backend/vif/3/0");
    CHECK(list.devices[0].backend_domid == Domid{7});
  }
  SECTION("there is only a backend, of a guest that has no record of anything") {
    const auto list = devices_of(
        "/local/domain/0/backend/qdisk/3/51712/frontend = "
        "\"/local/domain/3/device/vbd/51712\"   (n0,r3)\n");
    REQUIRE(list.devices.size() == 1);
    CHECK(list.devices[0].kind == "vbd");
    CHECK(list.devices[0].backend_kind == "qdisk");
    CHECK(list.devices[0].disagreements == Lines{"no frontend"});
  }
  SECTION("one device of several is not recorded") {
    const auto list = devices_of(
        kInterface +
        "/local/domain/3/device/vif/1/backend = \"/local/domain/0/backend/vif/3/1\"   (n3,r0)\n"
        "/local/domain/0/backend/vif/3/1/frontend = \"/local/domain/3/device/vif/1\"   (n0,r3)\n");
    REQUIRE(list.devices.size() == 2);
    CHECK(list.devices[1].disagreements == Lines{"no record"});
  }
  SECTION("toolstacks keep no record of this kind") {
    const auto list = devices_of(
        kInterface +
        "/local/domain/3/device/pci/0/backend = \"/local/domain/0/backend/pci/3/0\"   (n3,r0)\n"
        "/local/domain/0/backend/pci/3/0/frontend = \"/local/domain/3/device/pci/0\"   (n0,r3)\n");
    CHECK(list.devices[0].kind == "pci");
    CHECK(list.devices[0].disagreements.empty());
  }
  SECTION("the recorded backend is taken where there are two") {
    const auto list = devices_of(
        kInterface +
        "/local/domain/7/backend/vif/3/0/frontend = \"/local/domain/3/device/vif/0\"   (n7,r3)\n");
    REQUIRE(list.devices.size() == 1);
    CHECK(list.devices[0].backend_domid == Domid{0});
    CHECK(list.devices[0].disagreements == Lines{"it has 2 backends"});
  }
  SECTION("what a guest wrote is escaped") {
    const auto list =
        devices_of(replaced(kInterface, "vif/0/backend = \"/local/domain/0/backend/vif/3/0\"   (n3",
                            "vif/0/backend = \"/x\\x1b[2J\\n\"   (n3"));
    CHECK(list.devices[0].frontend.names.value == "/x\x1b[2J\n");
    CHECK(list.devices[0].disagreements == Lines{"the frontend names \"/x\\x1b[2J\\n\""});
  }
}

TEST_CASE("what an excerpt does not show contradicts nothing") {
  const auto list = devices_of(
      "/local/domain/3/device/vif/0/backend = \"/local/domain/0/backend/vif/3/0\"   (n3,r0)\n",
      Coverage::excerpt);
  REQUIRE(list.devices.size() == 1);
  const DeviceSummary& device = list.devices[0];
  CHECK(device.backend.presence == Presence::unknown);
  CHECK(device.backend.presence_unknown == UnknownReason::not_recorded);
  CHECK(device.frontend.state.presence == Presence::unknown);
  CHECK(device.record.presence == Presence::unknown);
  CHECK(device.disagreements.empty());
}

TEST_CASE("a console lies apart, and what only looks like a device is none") {
  const auto list = devices_of(
      "/local/domain/3/console/backend = \"/local/domain/0/backend/console/3/0\"   (n0,r3)\n"
      "/local/domain/0/backend/console/3/0/frontend = \"/local/domain/3/console\"   (n0,r3)\n"
      "/local/domain/3/device/console/0/backend = \"/elsewhere\"   (n3,r0)\n"
      "/local/domain/3/device/suspend/event-channel = \"\"   (n3)\n");
  REQUIRE(list.devices.size() == 1);
  CHECK(list.devices[0].frontend.path == "/local/domain/3/console");
  CHECK(list.devices[0].disagreements.empty());
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
