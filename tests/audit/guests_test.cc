#include <catch2/catch.hpp>

#include "audit/guests.h"
#include "source/recording/dump_reader.h"

using namespace xsaudit;

namespace {

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

// Domain 3 has a UUID, domain 5 has none; 7 is only named by a backend, 9 only by a record.
const char* const kStore =
    "/local = \"\"   (n0)\n"
    "/local/domain = \"\"   (n0)\n"
    "/local/domain/0 = \"\"   (n0)\n"
    "/local/domain/0/backend = \"\"   (n0)\n"
    "/local/domain/0/backend/vif = \"\"   (n0)\n"
    "/local/domain/0/backend/vif/7 = \"\"   (n0)\n"
    "/local/domain/0/backend/vif/7/0 = \"\"   (n0,r7)\n"
    "/local/domain/3 = \"\"   (n0,r3)\n"
    "/local/domain/3/vm = \"/vm/11111111-2222-3333-4444-555555555555\"   (n0,r3)\n"
    "/local/domain/3/name = \"web\"   (n0,r3)\n"
    "/local/domain/3/data = \"\"   (n3)\n"
    "/local/domain/3/data/12 = \"\"   (n3)\n"
    "/local/domain/5 = \"\"   (n0,r5)\n"
    "/vm = \"\"   (n0)\n"
    "/vm/11111111-2222-3333-4444-555555555555 = \"\"   (n0,r3)\n"
    "/libxl = \"\"   (n0)\n"
    "/libxl/9 = \"\"   (n0)\n";

Snapshot store() { return *read_dump_text(kStore, "store"); }

}  // namespace

TEST_CASE("a guest is known by name and UUID where the store has them") {
  const Snapshot snapshot = store();
  Guests guests(schema(), snapshot);
  CHECK(guests.guest(3).domid == 3);
  CHECK(guests.guest(3).name == "web");
  CHECK(guests.guest(3).uuid == "11111111-2222-3333-4444-555555555555");
  CHECK(guests.guest(5).domid == 5);
  CHECK(guests.guest(5).name.empty());
  CHECK(guests.guest(5).uuid.empty());
}

TEST_CASE("a path is about the guest whose device it is, else whose home it lies in") {
  const Snapshot snapshot = store();
  const Guests guests(schema(), snapshot);
  CHECK(guests.subject("/local/domain/3/device/vif/0/backend") == Domid{3});
  CHECK(guests.subject("/local/domain/0/backend/vif/7/0/state") == Domid{7});
  CHECK(guests.subject("/local/domain/5/backend/vif/3/0") == Domid{3});
  CHECK(guests.subject("/libxl/9/device/vbd/51712") == Domid{9});
  CHECK(guests.subject("/local/domain/3/data/12") == Domid{3});
  CHECK(guests.subject("/libxl/9/dm-version") == Domid{9});
  CHECK(guests.subject("/tool/xenstored") == std::nullopt);
  CHECK(guests.subject("/") == std::nullopt);
}

TEST_CASE("a stable path names guests, not domids") {
  const Snapshot snapshot = store();
  Guests guests(schema(), snapshot);
  const std::string uuid = "<11111111-2222-3333-4444-555555555555>";
  CHECK(guests.stable_path("/local/domain/3/device/vif/3/backend") ==
        "/local/domain/" + uuid + "/device/vif/3/backend");
  CHECK(guests.stable_path("/local/domain/0/backend/vif/3/0/frontend") ==
        "/local/domain/<domain 0>/backend/vif/" + uuid + "/0/frontend");
  CHECK(guests.stable_path("/libxl/3/device/vif/0") == "/libxl/" + uuid + "/device/vif/0");
  CHECK(guests.stable_path("/local/domain/5/name") == "/local/domain/<domain 5>/name");
  // Numbers that are no domids stay, deep ones too.
  CHECK(guests.stable_path("/local/domain/3/data/3/3") == "/local/domain/" + uuid + "/data/3/3");
  CHECK(guests.stable_path("/tool/3") == "/tool/3");
  CHECK(guests.stable_path("/") == "/");
}

TEST_CASE("a path as deep as a store can have is no trouble") {
  const Snapshot snapshot = store();
  Guests guests(schema(), snapshot);
  std::string below;
  for (int i = 0; i < 1500; ++i) below += "/3";
  CHECK(guests.stable_path("/local/domain/5/data" + below) ==
        "/local/domain/<domain 5>/data" + below);
  CHECK(guests.stable_path(below) == below);
}
