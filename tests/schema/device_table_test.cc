// Where devices lie, told from paths alone.
#include "schema/device_table.h"

#include "schema_support.h"

namespace xsaudit {
namespace {

const VariableTypes kTypes = {{"DOMID", VariableType::domid},
                              {"BACKEND_DOMID", VariableType::domid},
                              {"DEVID", VariableType::number}};

DeviceTable table() {
  const YamlDocument document = schema_file("devices.yaml");
  auto loaded = DeviceTable::load(document.root().get("devices"), kTypes);
  if (!loaded) FAIL(loaded.error().text());
  return *std::move(loaded);
}

// "frontend of 3 vbd 51712", and for a backend " by 0 qdisk".
std::string where(const DeviceTable& devices, std::string_view path) {
  const auto device = devices.device_of(path);
  if (!device) return "none";
  const char* part = device->part == Device::Part::frontend  ? "frontend"
                     : device->part == Device::Part::backend ? "backend"
                                                             : "record";
  std::string text = std::string(part) + " of " + std::to_string(device->domid) + " " +
                     device->kind + " " + device->id;
  if (device->backend_domid) text += " by " + std::to_string(*device->backend_domid);
  if (device->backend_kind) text += " " + *device->backend_kind;
  return text;
}

TEST_CASE("the device that a path is or lies in") {
  const DeviceTable devices = table();
  CHECK(where(devices, "/local/domain/3/device/vbd/51712") == "frontend of 3 vbd 51712");
  CHECK(where(devices, "/local/domain/3/device/vif/0/queue-0/tx-ring-ref") ==
        "frontend of 3 vif 0");
  CHECK(where(devices, "/local/domain/0/backend/vbd/3/51712/params") ==
        "backend of 3 vbd 51712 by 0 vbd");
  CHECK(where(devices, "/libxl/3/device/vbd/51712/backend") == "record of 3 vbd 51712");
  CHECK(where(devices, "/xenops/domain/3/device/vif/1") == "record of 3 vif 1");

  SECTION("where the backend kind has another name than the frontend kind") {
    CHECK(where(devices, "/local/domain/0/backend/qdisk/3/51712") ==
          "backend of 3 vbd 51712 by 0 qdisk");
    CHECK(where(devices, "/local/domain/0/backend/vbd3/3/5632") ==
          "backend of 3 vbd 5632 by 0 vbd3");
    CHECK(where(devices, "/local/domain/7/backend/vinput/3/0") ==
          "backend of 3 vkbd 0 by 7 vinput");
    CHECK(where(devices, "/local/domain/0/backend/xen_9pfs/3/0") ==
          "backend of 3 9pfs 0 by 0 xen_9pfs");
  }
  SECTION("where a kind has its own places") {
    CHECK(where(devices, "/local/domain/3/console") == "frontend of 3 console 0");
    CHECK(where(devices, "/local/domain/3/console/tty") == "frontend of 3 console 0");
    CHECK(where(devices, "/local/domain/3/device/console/1") == "frontend of 3 console 1");
    CHECK(where(devices, "/local/domain/0/backend/console/3/0") ==
          "backend of 3 console 0 by 0 console");
    CHECK(where(devices, "/local/domain/3/vuart/0/port") == "frontend of 3 vuart 0");
    CHECK(where(devices, "/local/domain/0/backend/vfs/exports/requests/3/0/frontend") ==
          "backend of 3 vfs 0 by 0 vfs");
    CHECK(where(devices, "/local/domain/0/xenserver/backend/net-sriov-vf/3/1/mac") ==
          "backend of 3 net-sriov-vf 1 by 0 net-sriov-vf");
  }
  SECTION("of a kind that nobody knows") {
    CHECK(where(devices, "/local/domain/3/device/toaster/2/state") == "frontend of 3 toaster 2");
    CHECK(where(devices, "/local/domain/0/backend/toaster/3/2") ==
          "backend of 3 toaster 2 by 0 toaster");
  }
  SECTION("what is no device") {
    for (const char* path :
         {"/", "/local/domain/3", "/local/domain/3/device", "/local/domain/3/device/vbd",
          "/local/domain/3/device/suspend/event-channel", "/local/domain/0/backend/vbd/3",
          "/local/domain/x/device/vbd/1", "/local/domain/3/device/vbd/01", "/libxl/3/device/vbd",
          "/local/domain/0/backend/vbd/33000/1", "/local/domain/3/consoles", "", "nonsense"}) {
      CAPTURE(path);
      CHECK(where(devices, path) == "none");
    }
  }
}

TEST_CASE("where the other parts of a device lie") {
  const DeviceTable devices = table();
  const auto frontend = [&](const char* path) {
    return devices.frontend_path(devices.device_of(path).value());
  };
  CHECK(frontend("/local/domain/0/backend/qdisk/3/51712") == "/local/domain/3/device/vbd/51712");
  CHECK(frontend("/local/domain/0/backend/console/3/0") == "/local/domain/3/console");
  CHECK(frontend("/local/domain/0/backend/console/3/1") == "/local/domain/3/device/console/1");
  CHECK(frontend("/local/domain/0/backend/vuart/3/0") == "/local/domain/3/vuart/0");
  CHECK(frontend("/libxl/3/device/vkbd/0") == "/local/domain/3/device/vkbd/0");
  CHECK(frontend("/local/domain/0/backend/toaster/3/2") == "/local/domain/3/device/toaster/2");
  CHECK(frontend("/local/domain/0/xenserver/backend/net-sriov-vf/3/1") ==
        "/local/domain/3/xenserver/device/net-sriov-vf/1");
  CHECK(devices.record_paths(*devices.device_of("/local/domain/0/backend/qdisk/3/51712")) ==
        std::vector<std::string>{"/libxl/3/device/vbd/51712", "/xenops/domain/3/device/vbd/51712"});
  CHECK(devices.record_paths(*devices.device_of("/local/domain/3/console")) ==
        std::vector<std::string>{"/libxl/3/device/console/0", "/xenops/domain/3/device/console/0"});
}

TEST_CASE("a frontend lies where its path says, for every kind in the table") {
  const DeviceTable devices = table();
  CHECK(devices.kinds().size() == 18);
  for (const std::string& kind : devices.kinds()) {
    for (const char* id : {"0", "1", "51712"}) {
      CAPTURE(kind, id);
      const std::string path = devices.frontend_path({Device::Part::backend, 4, kind, id, {}, {}});
      const auto device = devices.device_of(path);
      REQUIRE(device);
      CHECK(device->part == Device::Part::frontend);
      CHECK(device->kind == kind);
      CHECK(device->id == id);
      CHECK(device->domid == 4);
    }
  }
}

TEST_CASE("kinds and what serves them") {
  const DeviceTable devices = table();
  CHECK(devices.backend_kinds("vbd") == std::vector<std::string>{"vbd", "qdisk", "vbd3", "tap"});
  CHECK(devices.backend_kinds("toaster").empty());
  CHECK(devices.frontend_kind("qdisk") == "vbd");
  CHECK(devices.frontend_kind("qusb") == "vusb");
  CHECK_FALSE(devices.frontend_kind("toaster"));
  CHECK(devices.recorded("vbd"));
  CHECK_FALSE(devices.recorded("pci"));
}

TEST_CASE("every part of every device of a store, each once") {
  const DeviceTable devices = table();
  const Snapshot store = fixture_store(
      "/local/domain/3/device/vif/0/state\n/local/domain/3/device/suspend/event-channel\n"
      "/local/domain/3/console/tty\n/local/domain/3/xenserver/device/net-sriov-vf/1\n"
      "/local/domain/0/backend/vif/3/0\n/local/domain/0/backend/vfs/exports/requests/3/9\n"
      "/libxl/3/device/vif/0/backend\n/xenops/domain/3/device/vif/0\n");
  std::vector<std::string> found;
  devices.for_each(store, [&](NodeId node, const Device& device) {
    CHECK(where(devices, store.path(node)) != "none");
    found.push_back(store.path(node) + ": " + device.kind + " " + device.id);
  });
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{
                     "/libxl/3/device/vif/0: vif 0",
                     "/local/domain/0/backend/vfs/exports/requests/3/9: vfs 9",
                     "/local/domain/0/backend/vif/3/0: vif 0",
                     "/local/domain/3/console: console 0",
                     "/local/domain/3/device/vif/0: vif 0",
                     "/local/domain/3/xenserver/device/net-sriov-vf/1: net-sriov-vf 1",
                     "/xenops/domain/3/device/vif/0: vif 0",
                 });
}

TEST_CASE("what the number in a state node stands for") {
  const DeviceTable devices = table();
  CHECK(devices.state_name("4") == "Connected");
  CHECK(devices.state_name("0") == "Unknown");
  CHECK(devices.state_name("8") == "Reconfigured");
  CHECK(devices.state_name("9").empty());
  CHECK(devices.state_name("04").empty());
  CHECK(devices.state_name("").empty());
  CHECK(devices.state_name("Connected").empty());
}

TEST_CASE("a device table that is wrong is refused with its place") {
  const auto refusal = [](const std::string& kinds,
                          const std::string& frontend = "~/device/$KIND/$DEVID",
                          const std::string& nodes =
                              "nodes: {frontend: f, backend: b, state: s, backend_domid: i}\n") {
    const YamlDocument document = yaml("frontend: " + frontend +
                                       "\nbackend: /b/$BACKEND_DOMID/$BACKEND_KIND/$DOMID/$DEVID\n"
                                       "records: [/r/$DOMID/$KIND/$DEVID]\n"
                                       "kinds:\n" +
                                       kinds + nodes + "states: [Unknown]\n");
    auto loaded = DeviceTable::load(document.root(), kTypes);
    return loaded ? "accepted" : loaded.error().text();
  };
  CHECK(refusal("  vif: {backends: [vif]}\n") == "accepted");
  CHECK(refusal("  vif: {backend: [vif]}\n") ==
        "f.yaml:5:8: expected a text or a list of texts, found nothing");
  CHECK(refusal("  vif: {backends: vif, frontents: x}\n") ==
        "f.yaml:5:24: unknown key 'frontents' (did you mean 'frontends'?)");
  CHECK(refusal("  a: {backends: [x]}\n  b: {backends: [x]}\n") ==
        "f.yaml:6:17: the backend kind 'x' already serves 'a'");
  CHECK(refusal("  a: {backends: [a], frontend: ~/a}\n") ==
        "f.yaml:5:32: $DEVID is missing in this place");
  CHECK(refusal("  a: {backends: [a], frontend: ~/$OTHER/$DEVID}\n") ==
        "f.yaml:5:32: $OTHER is not known in this place");
  CHECK(refusal("  a: {backends: [a], frontend: ~/*/$DEVID}\n") ==
        "f.yaml:5:32: the place of a device is one path, without '*'");
  CHECK(refusal("  a: {backends: [a, b], backend: /$BACKEND_DOMID/$DOMID/$DEVID}\n") ==
        "f.yaml:5:34: a kind with its own place has one backend kind");
  CHECK(refusal("  a: {backends: [a], recorded: perhaps}\n") ==
        "f.yaml:5:32: expected true or false, found 'perhaps'");
  CHECK(refusal("  a: {backends: a}\n", "~/device/$KIND") ==
        "f.yaml:1:11: $DEVID is missing in this place");
  CHECK(refusal("  a: {backends: a}\n", "~/device/$KIND/$DEVID/**") ==
        "f.yaml:1:11: the place of a device is one path, without '*'");
  CHECK(refusal("  a: {backends: a}\n", "device") ==
        "f.yaml:1:11: a pattern begins with '/' or '~'");
  CHECK(refusal("  a: {backends: a}\n", "~/device/$KIND/$DEVID",
                "nodes: {frontend: f, backend: b}\n") == "f.yaml:6:8: 'state' is missing");
  CHECK(refusal("  a: {backends: a}\n", "~/device/$KIND/$DEVID",
                "nodes: {frontend: f, backend: b/c, state: s}\n") ==
        "f.yaml:6:31: expected the name of a node");
  auto untyped = DeviceTable::load(schema_file("devices.yaml").root().get("devices"), {});
  REQUIRE_FALSE(untyped.ok());
  CHECK(untyped.error().message == "$DOMID must be of type domid");
}

}  // namespace
}  // namespace xsaudit
