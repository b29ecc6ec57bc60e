// Every store recorded in the lab: real hosts, of which it is known what was done to them. A
// healthy one gives no finding, a broken one the finding that says what is broken, and nothing that
// it does not explain.
#include <fstream>
#include <iterator>
#include <map>

#include "rules_support.h"
#include "source/recording/dump_reader.h"
#include "store/path.h"

namespace xsaudit {
namespace {

struct Expected {
  const char* rule;
  const char* path;
};

struct Recording {
  const char* name;
  std::vector<Domid> alive;         // as `xl list` had them, and domain 0
  std::vector<Expected> findings;   // what was broken
  std::vector<const char*> around;  // where all that is found has to lie
};

const Recording kCxenstored[] = {
    {"00-dom0-only", {0}, {}, {}},
    {"01-2pv-vif-vbd", {0, 1, 2}, {}, {}},
    {"10-1pv-no-devices", {0, 1}, {}, {}},
    // QEMU refused a disk and took away both ends of it; the record stayed.
    {"11-multi-2vif-phy-qdisk-vfb-vkb-channel-9pfs",
     {0, 1, 2},
     {{"frontend-missing", "/libxl/2/device/vbd/51728"}},
     {"/libxl/2/device/vbd/51728"}},
    {"13-hotplug-attach",
     {0, 1, 2},
     {{"frontend-missing", "/libxl/2/device/vbd/51728"}},
     {"/libxl/2/device/vbd/51728"}},
    {"16-paused-guest",
     {0, 1, 2, 3},
     {{"frontend-missing", "/libxl/2/device/vbd/51728"}},
     {"/libxl/2/device/vbd/51728"}},
    {"18-renamed-memset-vcpuset-cpupool",
     {0, 1, 2, 3},
     {{"frontend-missing", "/libxl/2/device/vbd/51728"}},
     {"/libxl/2/device/vbd/51728"}},
    {"20-zombie-destroyed-guest", {0, 1, 2, 3}, {}, {}},
    {"22-all-destroyed", {0}, {}, {}},
    // The guest removed its own frontend.
    {"30-rm-own-frontend",
     {0, 1, 2},
     {{"frontend-missing", "/libxl/2/device/vif/0"}},
     {"/libxl/2/device/vif/0", "/local/domain/0/backend/vif/2/0"}},
    {"30-rm-own-frontend-after-destroy", {0, 1}, {}, {}},
    // The guest wrote its link to the backend of another guest.
    {"31-backend-to-victim",
     {0, 1, 3},
     {{"frontend-link-forged", "/local/domain/3/device/vif/0/backend"}},
     {"/local/domain/3/device/vif/0/backend"}},
    {"31-backend-to-victim-after-destroy", {0, 1}, {}, {}},
    // The guest gave nodes of its own to everybody, and wrote what they do not hold; see the values
    // in its data.
    {"34-fill-data",
     {0, 1, 6},
     {{"world-writable-node", "/local/domain/6/data/cr"},
      {"world-writable-node", "/local/domain/6/data/space"},
      {"world-readable-node", "/local/domain/6/data/utf8"},
      {"perm-entry-dead-domid", "/local/domain/6/data/empty"},
      {"reserved-domid-in-perms", "/local/domain/6/data/quote"},
      {"schema-value", "/local/domain/6/device/vif/0/mac"}},
     {"/local/domain/6/data", "/local/domain/6/control", "/local/domain/6/console/backend-id",
      "/local/domain/6/device/vif/0/mac"}},
    {"34-fill-data-after-destroy", {0, 1}, {}, {}},
    {"36-rm-everything",
     {0, 1, 8},
     {{"frontend-missing", "/libxl/8/device/vif/0"},
      {"frontend-missing", "/libxl/8/device/vbd/51712"}},
     {"/libxl/8/device/vif/0", "/libxl/8/device/vbd/51712", "/local/domain/0/backend/vif/8/0",
      "/local/domain/0/backend/vbd/8/51712"}},
    {"36-rm-everything-after-destroy", {0, 1}, {}, {}},
    {"40-healthy", {0, 1, 2}, {}, {}},
    {"41-libxl-vif-removed",
     {0, 1, 2},
     {{"device-not-in-libxl-record", "/local/domain/0/backend/vif/1/0"}},
     {"/local/domain/0/backend/vif/1/0", "/local/domain/1/device/vif/0"}},
    {"43-backend-removed",
     {0, 1, 2},
     {{"frontend-without-backend", "/local/domain/1/device/vif/0"}},
     {"/local/domain/1/device/vif/0", "/libxl/1/device/vif/0"}},
    {"44-libxl-backend-swapped",
     {0, 1, 2},
     {{"libxl-record-mismatch", "/libxl/1/device/vif/0/backend"}},
     {"/libxl/1/device/vif/0"}},
    {"47-libxl-guest-writable",
     {0, 1, 2},
     {{"toolstack-private-readable", "/libxl/1"}},
     {"/libxl/1"}},
    {"49-backend-guest-writable",
     {0, 1, 2},
     {{"backend-dir-frontend-writable", "/local/domain/0/backend/vif/1/0"}},
     {"/local/domain/0/backend/vif/1/0"}},
    {"50-domain-dir-owned-by-guest",
     {0, 1, 2},
     {{"domain-home-writable", "/local/domain/1"}},
     {"/local/domain/1"}},
    {"51-backend-kind-world-writable",
     {0, 1, 2},
     {{"world-writable-node", "/local/domain/0/backend/vif"}},
     {"/local/domain/0/backend/vif"}},
    {"53-vm-removed",
     {0, 1, 2},
     {{"vm-pointer-invalid", "/local/domain/1/vm"}},
     {"/local/domain/1/vm"}},
    // The disk of domain 1 has lost its frontend, too, and the domain its /vm directory.
    {"57-backend-of-dead-domain",
     {0, 1},
     {{"orphan-backend", "/local/domain/0/backend/vif/2/0"}},
     {"/local/domain/0/backend/vif/2", "/libxl/1/device/vbd/51712", "/local/domain/1/vm"}},
    {"58-libxl-of-dead-domain",
     {0, 1},
     {{"orphan-backend", "/local/domain/0/backend/vif/2/0"}, {"dead-domain-tree", "/libxl/2"}},
     {"/local/domain/0/backend/vif/2", "/libxl/2", "/libxl/1/device/vbd/51712",
      "/local/domain/1/vm"}},
    {"70-driver-domain-idle", {0, 1}, {}, {}},
    {"71-driver-domain-serving", {0, 1, 2}, {}, {}},
    // The driver domain rewrote the link of its own backend.
    {"72-driver-domain-lies",
     {0, 1, 2},
     {{"backend-frontend-link-forged", "/local/domain/1/backend/vif/2/0/frontend"}},
     {"/local/domain/1/backend/vif/2/0"}},
    {"80-before-live-update",
     {0, 1},
     {{"world-writable-node", "/local/domain/1/data/cr"},
      {"world-writable-node", "/local/domain/1/data/space"},
      {"world-readable-node", "/local/domain/1/data/utf8"},
      {"perm-entry-dead-domid", "/local/domain/1/data/empty"},
      {"reserved-domid-in-perms", "/local/domain/1/data/quote"},
      {"schema-value", "/local/domain/1/device/vif/0/mac"}},
     {"/local/domain/1/data", "/local/domain/1/control", "/local/domain/1/console/backend-id",
      "/local/domain/1/device/vif/0/mac"}},
    {"91-pvh-up", {0, 1}, {}, {}},
    {"93-hvm-up", {0, 1, 2}, {}, {}},
    {"95-paused-kvkb", {0, 5}, {}, {}},
    {"97-hvm-dm-restrict", {0, 1, 2, 3}, {}, {}},
};

const Recording kOxenstored[] = {
    {"01-2pv-vif-vbd", {0, 1, 2}, {}, {}},
    {"31-backend-to-victim",
     {0, 1, 3},
     {{"frontend-link-forged", "/local/domain/3/device/vif/0/backend"}},
     {"/local/domain/3/device/vif/0/backend"}},
    {"31-backend-to-victim-after-destroy", {0, 1}, {}, {}},
    {"34-fill-data",
     {0, 1, 6},
     {{"world-writable-node", "/local/domain/6/data/cr"},
      {"world-writable-node", "/local/domain/6/data/space"},
      {"world-readable-node", "/local/domain/6/data/utf8"},
      {"perm-entry-dead-domid", "/local/domain/6/data/empty"},
      {"reserved-domid-in-perms", "/local/domain/6/data/quote"},
      {"schema-value", "/local/domain/6/device/vif/0/mac"}},
     {"/local/domain/6/data", "/local/domain/6/control", "/local/domain/6/console/backend-id",
      "/local/domain/6/device/vif/0/mac"}},
    {"34-fill-data-after-destroy", {0, 1}, {}, {}},
    {"80-before-live-update",
     {0, 1},
     {{"world-writable-node", "/local/domain/1/data/cr"},
      {"world-writable-node", "/local/domain/1/data/space"},
      {"world-readable-node", "/local/domain/1/data/utf8"},
      {"perm-entry-dead-domid", "/local/domain/1/data/empty"},
      {"reserved-domid-in-perms", "/local/domain/1/data/quote"},
      {"schema-value", "/local/domain/1/device/vif/0/mac"}},
     {"/local/domain/1/data", "/local/domain/1/control", "/local/domain/1/console/backend-id",
      "/local/domain/1/device/vif/0/mac"}},
};

// Put together from the toolstacks' sources (tests/dumps/profiles/README.md).
const Recording kProfiles[] = {
    {"qubes", {0, 1, 2, 3, 4}, {}, {}},
    {"xcpng83", {0, 1, 2}, {}, {}},
    {"xenopsd", {0, 1, 2}, {}, {}},
};

const RuleSet& rules() {
  static const Result<RuleSet> set = RuleSet::load(embedded_rules(), test_schema());
  if (!set) FAIL(set.error().text());
  return *set;
}

Snapshot recorded(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  REQUIRE(stream);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  auto snapshot = read_dump_text(text, file);
  if (!snapshot) FAIL(snapshot.error().text());
  CHECK(snapshot->info().complete());
  return *std::move(snapshot);
}

bool is_around(std::string_view path, const std::vector<const char*>& places) {
  for (const std::string_view place : places) {
    if (path == place || (path.starts_with(place) && path[place.size()] == '/')) return true;
  }
  return false;
}

void check(const Recording& recording, const TestFacts& store) {
  const Evaluation result = evaluate(rules(), store.facts());
  std::vector<std::string> missing;
  for (const Expected& expected : recording.findings) {
    const auto is_it = [&](const Violation& violation) {
      return violation.rule->id == expected.rule && violation.path == expected.path &&
             violation.severity >= Severity::low;
    };
    INFO(expected.rule << " at " << expected.path);
    CHECK(std::any_of(result.violations.begin(), result.violations.end(), is_it));
  }
  for (const Violation& violation : result.violations) {
    if (violation.severity < Severity::low) continue;
    INFO(violation.rule->id << " at " << violation.path << ": " << violation.message);
    CHECK(is_around(violation.path, recording.around));
  }
  for (const NotEvaluated& entry : result.not_evaluated) {
    INFO(entry.rule->id << ": " << entry.reason);
    CHECK(entry.by_form);
  }
}

template <std::size_t count>
void check_all(const Recording (&recordings)[count], const std::string& directory) {
  for (const Recording& recording : recordings) {
    const std::string file =
        XSAUDIT_SOURCE_DIR "/tests/dumps/" + directory + "/" + recording.name + ".fp.txt";
    {
      INFO(file << ", the domains alive given");
      check(recording, TestFacts(recorded(file), recording.alive));
    }
    INFO(file << ", the domains alive inferred");
    check(recording, TestFacts(recorded(file)));
  }
}

TEST_CASE("stores recorded from the C xenstored") {
  check_all(kCxenstored, "lab-xen4.17-cxenstored");
}

TEST_CASE("stores as other toolstacks lay them out") { check_all(kProfiles, "profiles"); }

TEST_CASE("stores recorded from oxenstored") { check_all(kOxenstored, "lab-xen4.17-oxenstored"); }

}  // namespace
}  // namespace xsaudit
