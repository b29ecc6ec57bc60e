// Stores that people published in mails and bug reports, as they published them: each is read, or
// refused with the line that it cannot be read for; the nodes are as many as there are; what is
// known to be wrong is found, and nothing is found where nothing is wrong. The files are not part
// of the project: where they are not there, nothing is tested.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rules_support.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

// What is known to be wrong with a store, and what is said of it there.
struct Fault {
  const char* what;
  const char* rule;
  const char* path;
  // Nothing: it cannot be decided from what there is, and that is said.
  std::optional<Severity> told;
};

struct PublicDump {
  const char* name;
  const char* kind;   // of the snapshot; null: the file is refused …
  const char* place;  // … at this place
  std::size_t nodes = 0;
  Coverage coverage = Coverage::whole;
  std::vector<Fault> faults = {};  // all there is of `low` and above
  std::vector<Domid> alive = {};   // empty: inferred
  const char* at = "";             // where it hangs
};

constexpr Coverage kWhole = Coverage::whole;
constexpr Coverage kSubtree = Coverage::subtree;
constexpr Coverage kExcerpt = Coverage::excerpt;
constexpr std::optional<Severity> kUndecided = std::nullopt;

// That libxl lost the record of the USB controller when the guest of libxl-hvm-qdisk-usb rebooted
// shows between the two stores only: the second has no trace of one.
// Of "xenstore-ls -p" of a guest, the old client printed three nodes of four and gave up.
const PublicDump kDumps[] = {
    {"libxl-arm-driverdomain-fp",
     "xenstore-ls -fp",
     nullptr,
     202,
     kWhole,
     {{"vif closed at both ends, online", "device-stuck-closing", "/local/domain/1/backend/vif/2/0",
       Severity::info},
      {"an error of the guest's", "error-node-present", "/local/domain/2/error/device/vif/0/error",
       Severity::info}}},
    {"libxl-arm-driverdomain-fp-wrapped",
     "xenstore-ls -fp",
     nullptr,
     202,
     kWhole,
     {{"vif closed at both ends, online", "device-stuck-closing", "/local/domain/1/backend/vif/2/0",
       Severity::info},
      {"an error of the guest's", "error-node-present", "/local/domain/2/error/device/vif/0/error",
       Severity::info}}},
    {"libxl-hvm-qdisk-usb-before-reboot",
     "xenstore-ls",
     nullptr,
     328,
     kWhole,
     {{"qdisk of domain 0 stuck at 2/3", "xenbus-state-mismatch",
       "/local/domain/0/backend/qdisk/0/51712", Severity::info}}},
    {"libxl-hvm-qdisk-usb-after-reboot",
     "xenstore-ls",
     nullptr,
     320,
     kWhole,
     {{"qdisk of domain 0 stuck at 2/3", "xenbus-state-mismatch",
       "/local/domain/0/backend/qdisk/0/51712", Severity::info}}},
    {"libxl-arm64-rpi4-pvh-vfb", "xenstore-ls", nullptr, 291, kWhole},
    {"libxl-arm64-rpi4-pvh-vfb.mailquoted", "xenstore-ls", nullptr, 291, kWhole},
    {"xend-xen31-engineyard-full",
     "xenstore-ls",
     nullptr,
     718,
     kWhole,
     {{"leaked backend of a console", "orphan-backend", "/local/domain/0/backend/console/1/0",
       Severity::low}}},
    {"xend-oraclevm34-full", "xenstore-ls", nullptr, 690, kWhole},
    {"xend-oraclevm34-full.template-markers", nullptr, ":94:7"},
    {"libxl-tinyvmi-p-dotpadded", "xenstore-ls -p", nullptr, 16, kSubtree},
    {"libxl-hvm-pcipassthrough-fp-excerpt",
     "xenstore-ls -fp",
     nullptr,
     76,
     kSubtree,
     {{"only the records of the devices", "frontend-missing", "/libxl/10/device/vbd/768",
       kUndecided}}},
    {"libxl-hvm-pcipassthrough-fp-excerpt.qp",
     "xenstore-ls -fp",
     nullptr,
     76,
     kSubtree,
     {{"only the records of the devices", "frontend-missing", "/libxl/10/device/vbd/768",
       kUndecided}}},
    {"qubes-netvm-stale-backend-dirs-f",
     "xenstore-ls -f",
     nullptr,
     40,
     kExcerpt,
     {{"empty directories of dead domains", "empty-backend-container",
       "/local/domain/5/backend/vif", kUndecided}}},
    {"qubes-netvm-stale-backend-dirs-f",
     "xenstore-ls -f",
     nullptr,
     40,
     kExcerpt,
     {{"empty directories of dead domains", "empty-backend-container",
       "/local/domain/5/backend/vif", Severity::low}},
     {0, 5, 7}},
    {"qubes-netvm-stale-backend-perms-fp-relative",
     "xenstore-ls -fp",
     nullptr,
     7,
     kExcerpt,
     {{"empty directory of a dead domain", "empty-backend-container", "/", kUndecided}}},
    {"qubes-netvm-stale-backend-perms-fp-relative",
     "xenstore-ls -fp",
     nullptr,
     7,
     kSubtree,
     {{"empty directory of a dead domain", "empty-backend-container", "/local/domain/1/backend/vif",
       Severity::low}},
     {0, 1, 46},
     "/local/domain/1"},
    {"openxt-blktap3-cdrom-stuck-f",
     "xenstore-ls -f",
     nullptr,
     100,
     kExcerpt,
     {{"CD drive of domain 7 stuck at 2/1", "xenbus-state-mismatch", "/local/domain/8",
       kUndecided}}},
    {"xapi-xcpng83-filtered-f",
     "xenstore-ls -f",
     nullptr,
     71,
     kExcerpt,
     {{"frontends filtered out", "frontend-without-backend", "/local/domain/0", kUndecided}}},
    {"libxl-vif-pair-fragments-indented", "xenstore-ls", nullptr, 47, kExcerpt},
    {"qemu-kvm-xenemu-guest-vbd-f-relative", "xenstore-ls -f", nullptr, 11, kExcerpt},
    {"qemu-kvm-xenemu-guest-vbd-f-relative",
     "xenstore-ls -f",
     nullptr,
     11,
     kSubtree,
     {},
     {},
     "/local/domain/1"},
    {"xenstore-ls-p-dom0-view-foo", "xenstore-ls -p", nullptr, 4, kExcerpt},
    {"xenstore-ls-p-guest-view-eacces-new-continue", "xenstore-ls -p", nullptr, 4, kExcerpt},
    {"xenstore-ls-p-guest-view-eacces-old-abort", "xenstore-ls -p", nullptr, 3, kExcerpt},
    {"rackspace-user-metadata-json-values-indented", "xenstore-ls", nullptr, 4, kExcerpt},
    {"rackspace-user-metadata-json-values-indented",
     "xenstore-ls",
     nullptr,
     4,
     kSubtree,
     {},
     {},
     "/local/domain/1/vm-data/user-metadata"},
    {"xenserver-bugtool-filtered-line-f",
     "xenstore-ls -f",
     nullptr,
     1,
     kSubtree,
     {{"a value taken out", "guest-value-bad-encoding", "/local/domain/1/data/set_clipboard",
       kUndecided}}},
    {"wiki-xenstore-translated-mangled", nullptr, ":3:4"},
    {"wiki-xenstore-translated-mangled-f", nullptr, ":2:1"},
};

std::filesystem::path directory() {
  const char* const given = std::getenv("XSAUDIT_PUBLIC_DUMPS");
  return given != nullptr ? given : XSAUDIT_SOURCE_DIR "/../shared/dumps/public";
}

Result<Snapshot> read(const PublicDump& dump) {
  std::ifstream file(directory() / (std::string(dump.name) + ".txt"), std::ios::binary);
  REQUIRE(file);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  DumpOptions options;
  options.top_names = test_schema().top_names();
  options.always = test_schema().always();
  options.implied = test_schema().implied();
  options.at = dump.at;
  return read_dump_text(text, dump.name, options);
}

// Whether some line speaks of the node: not where it is only there because others are below it.
bool described(const Snapshot& store, NodeId node) {
  const UnknownReason reason = store.value_unknown(node);
  return store.subtree_end(node) == node + 1 ||
         (reason != UnknownReason::not_recorded && reason != UnknownReason::not_covered);
}

struct Counts {
  std::size_t nodes = 0;
  std::size_t governed = 0;  // by an entry of the schema
};

Counts counts_of(const Snapshot& store) {
  Counts counts;
  for (NodeId node = 1; node < store.size(); ++node) {
    if (!described(store, node)) continue;
    ++counts.nodes;
    counts.governed += test_schema().match(store.path(node)).entry != nullptr;
  }
  return counts;
}

Evaluation evaluation_of(const PublicDump& dump, Snapshot snapshot) {
  static const Result<RuleSet> rules = RuleSet::load(embedded_rules(), test_schema());
  if (!rules) FAIL(rules.error().text());
  const auto alive = dump.alive.empty() ? std::nullopt : std::optional(dump.alive);
  const TestFacts facts(std::move(snapshot), alive);
  return evaluate(*rules, facts.facts());
}

// What may pass by itself is told as info of a store that was seen once.
Severity told_as(const Violation& violation) {
  return violation.confirmed ? violation.severity : Severity::info;
}

bool is_told(const Fault& fault, const Evaluation& evaluation) {
  const auto here = [&](const auto& told) {
    return told.rule->id == fault.rule && told.path == fault.path;
  };
  if (!fault.told) {
    return std::any_of(evaluation.not_evaluated.begin(), evaluation.not_evaluated.end(), here);
  }
  return std::any_of(evaluation.violations.begin(), evaluation.violations.end(),
                     [&](const Violation& violation) {
                       return here(violation) && told_as(violation) == *fault.told;
                     });
}

void check_findings(const PublicDump& dump, const Evaluation& evaluation) {
  for (const Fault& fault : dump.faults) {
    INFO(fault.what << ": " << fault.rule << " at " << fault.path);
    CHECK(is_told(fault, evaluation));
  }
  for (const Violation& violation : evaluation.violations) {
    if (told_as(violation) < Severity::low) continue;
    INFO(violation.rule->id << " at " << violation.path << ": " << violation.message);
    CHECK(std::any_of(dump.faults.begin(), dump.faults.end(), [&](const Fault& fault) {
      return violation.rule->id == fault.rule && violation.path == fault.path;
    }));
  }
}

void print_row(const PublicDump& dump, const Counts& counts, const Evaluation& evaluation) {
  const auto found =
      std::count_if(evaluation.violations.begin(), evaluation.violations.end(),
                    [](const Violation& violation) { return told_as(violation) >= Severity::low; });
  const std::string name = std::string(dump.name) + (*dump.at != 0 ? " --root-path " : "") +
                           dump.at + (dump.alive.empty() ? "" : " --domains");
  const std::string place = counts.governed > 0 ? "" : "; where it lies is not said";
  const std::string verdict =
      found > 0 ? std::to_string(found) + " at low or above" : "nothing at low or above";
  std::printf("%-78s %5zu %8zu %8zu  %s\n", name.c_str(), counts.nodes, dump.nodes, counts.governed,
              (verdict + place).c_str());
  for (const Fault& fault : dump.faults) {
    const bool told = is_told(fault, evaluation);
    std::printf("    %s -> %s: %s\n", fault.what, fault.rule,
                !told        ? "NOT TOLD"
                : fault.told ? to_text(*fault.told)
                             : "not evaluated");
  }
}

TEST_CASE("stores that people published") {
  if (!std::filesystem::exists(directory())) {
    WARN("no published stores are here: " << directory());
    return;
  }
  std::printf("%-78s %5s %8s %8s\n", "store", "nodes", "expected", "governed");
  for (const PublicDump& dump : kDumps) {
    INFO(dump.name);
    auto store = read(dump);
    if (dump.kind == nullptr) {
      REQUIRE_FALSE(store);
      CHECK(store.error().place == std::string(dump.name) + dump.place);
      std::printf("%-78s refused: %s\n", dump.name, store.error().text().c_str());
      continue;
    }
    if (!store) FAIL(store.error().text());
    CHECK(store->info().kind == dump.kind);
    CHECK(store->info().coverage == dump.coverage);
    const Counts counts = counts_of(*store);
    CHECK(counts.nodes == dump.nodes);
    // Every node is known to the schema, but for those that may lie anywhere.
    const bool somewhere = store->find("/@unplaced") != kNoNode;
    CHECK(counts.governed == (somewhere ? 0 : counts.nodes));
    const Evaluation evaluation = evaluation_of(dump, *std::move(store));
    check_findings(dump, evaluation);
    print_row(dump, counts, evaluation);
  }
}

TEST_CASE("a published store is the same as it was mailed and as it was printed") {
  if (!std::filesystem::exists(directory())) return;
  const auto recorded = [&](const char* name) {
    for (const PublicDump& dump : kDumps) {
      if (std::string_view(dump.name) == name) return read(dump).value();
    }
    FAIL(name);
    return read(kDumps[0]).value();
  };
  const std::pair<const char*, const char*> pairs[] = {
      {"libxl-arm-driverdomain-fp", "libxl-arm-driverdomain-fp-wrapped"},
      {"libxl-arm64-rpi4-pvh-vfb", "libxl-arm64-rpi4-pvh-vfb.mailquoted"},
      {"libxl-hvm-pcipassthrough-fp-excerpt", "libxl-hvm-pcipassthrough-fp-excerpt.qp"}};
  for (const auto& [printed, mailed] : pairs) {
    INFO(mailed);
    const Snapshot one = recorded(printed);
    const Snapshot other = recorded(mailed);
    REQUIRE(one.size() == other.size());
    for (NodeId node = 1; node < one.size(); ++node) {
      INFO(one.path(node));
      CHECK(one.path(node) == other.path(node));
      CHECK(one.value(node) == other.value(node));
      CHECK((one.permissions(node) == nullptr ||
             to_text(*one.permissions(node)) == to_text(*other.permissions(node))));
    }
    CHECK(other.info().gap_count == one.info().gap_count);
  }
}

}  // namespace
}  // namespace xsaudit
