// schema-permissions on healthy stores, recorded on real hosts, of which the permissions of one
// node after the other are changed: opened to all, and closed to those who had access. Each change
// is reported at that node, by this rule or by one that it yields to.
#include <fstream>
#include <iostream>
#include <iterator>

#include "rules/rule_run.h"
#include "rules_support.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

const RuleSet& rules() {
  static const Result<RuleSet> set = RuleSet::load(embedded_rules(), test_schema());
  if (!set) FAIL(set.error().text());
  return *set;
}

// A listing, of which one line's permissions can be changed.
struct Line {
  std::string node;  // "/tool = \"\"   ("
  std::string path;
  Permissions permissions;
};

std::vector<Line> lines_of(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-" + name + ".fp.txt",
                     std::ios::binary);
  REQUIRE(file);
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    const std::size_t open = text.rfind('(');
    auto permissions = parse_permissions(text.substr(open + 1, text.size() - open - 2));
    REQUIRE(permissions);
    lines.push_back({text.substr(0, open + 1), text.substr(0, text.find(" = ")), *permissions});
  }
  return lines;
}

Snapshot snapshot_of(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) text += line.node + to_text(line.permissions) + ")\n";
  auto snapshot = read_dump_text(text, "changed");
  if (!snapshot) FAIL(snapshot.error().text());
  return *std::move(snapshot);
}

// Whether the rule is violated at the node: then it is reported there, unless a rule that it yields
// to fires there too and is.
bool violated(const char* rule, const std::vector<Line>& lines, const std::string& path,
              const std::vector<Domid>& alive) {
  const TestFacts store(snapshot_of(lines), alive);
  const AuditContext facts = store.facts();
  StoreIndex store_index(facts);
  const RuleHits found = RuleRun(*rules().find(rule), facts, store_index).find(nullptr);
  return found.at(store.snapshot().find(path)) != nullptr;
}

// Whether any rule reports the node, at `least` or above.
bool reported(const std::vector<Line>& lines, const std::string& path,
              const std::vector<Domid>& alive, Severity least) {
  const TestFacts facts(snapshot_of(lines), alive);
  const Evaluation result = evaluate(rules(), facts.facts());
  return std::any_of(result.violations.begin(), result.violations.end(),
                     [&](const Violation& violation) {
                       return violation.path == path && violation.severity >= least;
                     });
}

struct Store {
  const char* name;
  std::vector<Domid> alive;
};

// All that are healthy: what was done to the others shows.
const std::vector<Store> kHealthy = {
    {"cxenstored/00-dom0-only", {0}},
    {"cxenstored/01-2pv-vif-vbd", {0, 1, 2}},
    {"cxenstored/10-1pv-no-devices", {0, 1}},
    {"cxenstored/20-zombie-destroyed-guest", {0, 1, 2, 3}},
    {"cxenstored/22-all-destroyed", {0}},
    {"cxenstored/30-rm-own-frontend-after-destroy", {0, 1}},
    {"cxenstored/31-backend-to-victim-after-destroy", {0, 1}},
    {"cxenstored/34-fill-data-after-destroy", {0, 1}},
    {"cxenstored/36-rm-everything-after-destroy", {0, 1}},
    {"cxenstored/40-healthy", {0, 1, 2}},
    {"cxenstored/70-driver-domain-idle", {0, 1}},
    {"cxenstored/71-driver-domain-serving", {0, 1, 2}},
    {"cxenstored/91-pvh-up", {0, 1}},
    {"cxenstored/93-hvm-up", {0, 1, 2}},
    {"cxenstored/95-paused-kvkb", {0, 5}},
    {"cxenstored/97-hvm-dm-restrict", {0, 1, 2, 3}},
    {"oxenstored/01-2pv-vif-vbd", {0, 1, 2}},
    {"oxenstored/31-backend-to-victim-after-destroy", {0, 1}},
    {"oxenstored/34-fill-data-after-destroy", {0, 1}},
};

TEST_CASE("a node that is opened to every domain is reported") {
  std::size_t changed = 0;
  std::size_t free = 0;
  for (const Store& store : kHealthy) {
    std::vector<Line> lines = lines_of(store.name);
    for (Line& line : lines) {
      const Schema::Match match = test_schema().match(line.path);
      INFO(store.name << " " << line.path);
      REQUIRE(match.entry != nullptr);
      PermissionEntry& first = line.permissions.front();
      if (first.read) continue;
      first.read = true;
      // Whom a guest lets into its own area is its own business; that it let in everybody is told
      // by another rule all the same.
      if (match.entry->unchecked) {
        CHECK(violated("world-readable-node", lines, line.path, store.alive));
      } else {
        // From Xen 4.22 on every domain may watch for domains that go, by another entry.
        const bool watched = line.path == "/@releaseDomain";
        CHECK(violated(watched ? "special-watch-perms" : "schema-permissions", lines, line.path,
                       store.alive));
        // Every rule over such a store takes its time, so not each time.
        if (changed % 200 == 0) CHECK(reported(lines, line.path, store.alive, Severity::medium));
      }
      first.read = false;
      free += match.entry->unchecked;
      ++changed;
    }
  }
  std::cout << "opened " << changed << " nodes, one at a time, " << free
            << " of them in areas of a guest's own: each was reported\n";
  CHECK(changed > 3000);
}

TEST_CASE("a node that is closed to those who had access is reported") {
  std::size_t changed = 0;
  std::size_t closed_before = 0;
  for (const Store& store : kHealthy) {
    std::vector<Line> lines = lines_of(store.name);
    for (Line& line : lines) {
      INFO(store.name << " " << line.path);
      const bool anybody = std::any_of(
          line.permissions.begin(), line.permissions.end(), [&](const PermissionEntry& entry) {
            const bool owner = &entry == &line.permissions.front();
            return entry.domid != 0 && (owner || entry.read || entry.write);
          });
      if (!anybody) {
        ++closed_before;
        continue;
      }
      const Permissions before = std::exchange(line.permissions, {{0}});
      CHECK(violated("schema-permissions", lines, line.path, store.alive));
      if (changed % 200 == 0) CHECK(reported(lines, line.path, store.alive, Severity::low));
      line.permissions = before;
      ++changed;
    }
  }
  std::cout << "closed " << changed << " nodes, one at a time: each was reported; " << closed_before
            << " were closed to all domains but 0 already\n";
  CHECK(changed > 1500);
}

TEST_CASE("who gained what is said, whatever the writing") {
  const auto fault = [](const char* permissions) {
    const TestFacts facts(store_of(std::string("/libxl/3 = \"\"   (n0)\n"
                                               "/local/domain/3 = \"\"   (n0,r3)\n"
                                               "/local/domain/3/name = \"x\"   (") +
                                   permissions + ")\n"),
                          std::vector<Domid>{0, 3, 4, 5});
    return evaluated(facts, "access_violation(node)", "/local/domain/3/name");
  };
  CHECK(fault("n0,r3") == "null");
  CHECK(fault("n0,r3,r0,n7") == "null");
  CHECK(fault("n0,r4") == "'domain 4 may read it, and domain 3 may not read it'");
  CHECK(fault("n0,b3") == "'domain 3 may write it'");
  CHECK(fault("n0,r3,b4") == "'domain 4 may read and write it'");
  CHECK(fault("n0,r3,r4,w5") == "'domain 4 may read it, and domain 5 may write it'");
  CHECK(fault("n3") == "'domain 3 owns it'");
  CHECK(fault("r0") == "'every domain but 0 and 3 may read it'");
  CHECK(fault("n0") == "'domain 3 may not read it'");
  CHECK(fault("n5,r3") == "'domain 5 owns it'");
}

}  // namespace
}  // namespace xsaudit
