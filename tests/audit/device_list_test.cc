#include "audit/device_list.h"

#include <catch2/catch.hpp>
#include <map>

#include "audit/auditor.h"
#include "audit/guests.h"
#include "audit/host_questions.h"
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

TEST_CASE("the kernel's view of a device") {
  const auto store = make_fixture_store({kInterface + R"(
/local/domain/0/backend/vbd/3/51712/state = "4"   (n0,r3)
/local/domain/0/backend/vbd/3/51728/state = "4"   (n0,r3)
/local/domain/0/backend/vbd/3/51744/state = "4"   (n0,r3)
/local/domain/0/backend/console/3/0/state = "4"   (n0,r3)
)",
                                         Coverage::whole});
  REQUIRE(store);
  HostFacts host;
  host.kernel = KernelView{};
  host.kernel->drivers = std::vector<std::string>{"vbd", "vif"};
  KernelBackend disk;
  disk.nodename = "backend/vbd/3/51712";
  disk.driver = std::string("vbd");
  disk.state = std::string("Connected");
  disk.disk = std::string("7:0");
  disk.mode = std::string("w");
  KernelBackend network;
  network.nodename = "backend/vif/3/0";
  network.driver = std::string("vif");
  network.state = std::string("InitWait");
  network.interfaces = std::vector<NetworkInterface>{
      {"vif3.0", Fact<std::string>::absent(), std::string("xenbr0"), true}};
  KernelBackend console;
  console.nodename = "backend/console/3/0";
  console.driver = Fact<std::string>::absent();
  host.kernel->backends = std::vector<KernelBackend>{disk, network, console};
  BlockDevice loop;
  loop.number = "7:0";
  loop.name = std::string("loop0");
  loop.file = std::string("/srv/a.img");
  host.kernel->disks = std::vector<BlockDevice>{loop};
  host.kernel->changed = {"backend/vbd/3/51744"};
  host.kernel->sort();

  Guests guests(schema(), *store);
  const DeviceList list = list_devices(schema(), *store, guests, &host);
  std::map<std::string, const DeviceSummary*> by_name;
  for (const DeviceSummary& one : list.devices) by_name[one.kind + "/" + one.id] = &one;
  REQUIRE(by_name.size() == 5);
  const auto& opened = by_name["vbd/51712"]->kernel;
  REQUIRE(opened);
  CHECK(opened->driver == "vbd");
  CHECK(opened->state == "Connected");
  CHECK(opened->disk == "7:0");
  CHECK(opened->disk_name == "/srv/a.img");
  CHECK(opened->writable);
  const auto& bridged = by_name["vif/0"]->kernel;
  REQUIRE(bridged);
  REQUIRE(bridged->interfaces.size() == 1);
  CHECK(bridged->interfaces[0].name == "vif3.0");
  CHECK(bridged->interfaces[0].bridge == "xenbr0");
  CHECK_FALSE(bridged->writable);
  REQUIRE(by_name["vbd/51728"]->kernel);  // a driver serves such disks, and not this one
  CHECK(by_name["vbd/51728"]->kernel->driver.empty());
  CHECK_FALSE(by_name["vbd/51744"]->kernel);  // it changed meanwhile
  CHECK_FALSE(by_name["console/0"]->kernel);  // xenconsoled serves it
  CHECK_FALSE(devices_of(kInterface).devices[0].kernel);
}

TEST_CASE("the kernel contradicts the store if one has a backend that the other lacks") {
  const auto store = make_fixture_store({kInterface + R"(
/local/domain/0/backend/qdisk/3/51712/state = "4"   (n0,r3)
/local/domain/1/backend/vbd/3/51728/state = "4"   (n1,r3)
)",
                                         Coverage::whole});
  REQUIRE(store);
  KernelBackend network;
  network.nodename = "backend/vif/3/0";
  network.driver = std::string("vif");
  KernelView view;
  CHECK_FALSE(kernel_contradicts(schema(), *store, view));  // nothing is known
  view.drivers = std::vector<std::string>{"vbd", "vif"};
  view.backends = std::vector<KernelBackend>{network};
  CHECK_FALSE(kernel_contradicts(schema(), *store, view));
  view.backends->front().driver = Fact<std::string>::absent();
  CHECK(kernel_contradicts(schema(), *store, view));
  view.backends->clear();
  CHECK(kernel_contradicts(schema(), *store, view));
  view.drivers = std::vector<std::string>{"vbd"};  // a program may serve network interfaces
  CHECK_FALSE(kernel_contradicts(schema(), *store, view));
  KernelBackend console = network;
  console.nodename = "backend/console/3/0";
  console.driver = Fact<std::string>::absent();
  view.backends = std::vector<KernelBackend>{console};
  CHECK_FALSE(kernel_contradicts(schema(), *store, view));
  view.backends->front().driver = std::string("console");
  CHECK(kernel_contradicts(schema(), *store, view));
}

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
