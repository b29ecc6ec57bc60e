// Stores that people published in mails and bug reports, as they published them: each is read, or
// refused with the line that it cannot be read for; the nodes are as many as there are; what is
// known to be wrong is found, and nothing is found where nothing is wrong. The files are not part
// of the project: where they are not there, nothing is tested.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rules_support.h"
#include "source/dump_reader.h"

namespace xsaudit {
namespace {

struct Expected {
  const char* rule;
  const char* path;
};

struct PublicDump {
  const char* name;
  const char* kind;   // of the snapshot; null: the file is refused …
  const char* place;  // … at this place
  std::size_t nodes;
  Coverage coverage;
  std::vector<Domid> alive;  // empty: inferred
  std::vector<Expected> findings;
  bool others = false;  // whether more is wrong than is listed
};

constexpr Coverage kWhole = Coverage::whole;
constexpr Coverage kSubtree = Coverage::subtree;
constexpr Coverage kExcerpt = Coverage::excerpt;

const PublicDump kDumps[] = {
    {"libxl-arm-driverdomain-fp", "xenstore-ls -fp", nullptr, 202, kWhole, {}, {}, true},
    {"libxl-arm-driverdomain-fp-wrapped", "xenstore-ls -fp", nullptr, 202, kWhole, {}, {}, true},
    {"libxl-hvm-qdisk-usb-before-reboot", "xenstore-ls", nullptr, 328, kWhole, {}, {}, true},
    {"libxl-hvm-qdisk-usb-after-reboot", "xenstore-ls", nullptr, 320, kWhole, {}, {}, true},
    {"libxl-arm64-rpi4-pvh-vfb", "xenstore-ls", nullptr, 291, kWhole, {}, {}},
    {"libxl-arm64-rpi4-pvh-vfb.mailquoted", "xenstore-ls", nullptr, 291, kWhole, {}, {}},
    {"xend-xen31-engineyard-full", "xenstore-ls", nullptr, 718, kWhole, {}, {}, true},
    {"xend-oraclevm34-full", "xenstore-ls", nullptr, 690, kWhole, {}, {}, true},
    {"xend-oraclevm34-full.template-markers", nullptr, ":94", 0, kWhole, {}, {}},
    {"libxl-tinyvmi-p-dotpadded", "xenstore-ls -p", nullptr, 16, kSubtree, {}, {}},
    {"libxl-hvm-pcipassthrough-fp-excerpt", "xenstore-ls -fp", nullptr, 76, kSubtree, {}, {}},
    {"libxl-hvm-pcipassthrough-fp-excerpt.qp", "xenstore-ls -fp", nullptr, 76, kSubtree, {}, {}},
    {"qubes-netvm-stale-backend-dirs-f", "xenstore-ls -f", nullptr, 40, kExcerpt, {}, {}, true},
    {"qubes-netvm-stale-backend-perms-fp-relative",
     "xenstore-ls -fp",
     nullptr,
     7,
     kExcerpt,
     {},
     {},
     true},
    {"openxt-blktap3-cdrom-stuck-f", "xenstore-ls -f", nullptr, 100, kExcerpt, {}, {}, true},
    {"xapi-xcpng83-filtered-f", "xenstore-ls -f", nullptr, 71, kExcerpt, {}, {}},
    {"libxl-vif-pair-fragments-indented", "xenstore-ls", nullptr, 47, kExcerpt, {}, {}},
    {"qemu-kvm-xenemu-guest-vbd-f-relative", "xenstore-ls -f", nullptr, 11, kExcerpt, {}, {}},
    {"xenstore-ls-p-dom0-view-foo", "xenstore-ls -p", nullptr, 4, kExcerpt, {}, {}},
    {"xenstore-ls-p-guest-view-eacces-new-continue",
     "xenstore-ls -p",
     nullptr,
     4,
     kExcerpt,
     {},
     {}},
    {"xenstore-ls-p-guest-view-eacces-old-abort", "xenstore-ls -p", nullptr, 3, kExcerpt, {}, {}},
    {"rackspace-user-metadata-json-values-indented", "xenstore-ls", nullptr, 4, kExcerpt, {}, {}},
    {"xenserver-bugtool-filtered-line-f", "xenstore-ls -f", nullptr, 1, kSubtree, {}, {}},
    {"wiki-xenstore-translated-mangled", nullptr, ":3", 0, kWhole, {}, {}},
    {"wiki-xenstore-translated-mangled-f", nullptr, ":2", 0, kWhole, {}, {}},
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
  return read_dump_text(text, dump.name, options);
}

// Those of which some line speaks: not those that are only there because others are below them.
std::size_t described(const Snapshot& store) {
  std::size_t count = 0;
  for (NodeId node = 1; node < store.size(); ++node) {
    const UnknownReason reason = store.value_unknown(node);
    const bool only_above =
        store.subtree_end(node) > node + 1 &&
        (reason == UnknownReason::not_recorded || reason == UnknownReason::not_covered);
    count += only_above ? 0 : 1;
  }
  return count;
}

void check_findings(const PublicDump& dump, Snapshot snapshot) {
  static const Result<RuleSet> rules = RuleSet::load(embedded_rules(), test_schema());
  if (!rules) FAIL(rules.error().text());
  const auto alive = dump.alive.empty() ? std::nullopt : std::optional(dump.alive);
  const TestFacts facts(std::move(snapshot), alive);
  const Evaluation result = evaluate(*rules, facts.facts());
  const auto is = [](const Violation& violation, const Expected& expected) {
    return violation.rule->id == expected.rule && violation.path == expected.path &&
           violation.severity >= Severity::low;
  };
  for (const Expected& expected : dump.findings) {
    INFO(expected.rule << " at " << expected.path);
    CHECK(std::any_of(result.violations.begin(), result.violations.end(),
                      [&](const Violation& violation) { return is(violation, expected); }));
  }
  if (dump.others) return;
  for (const Violation& violation : result.violations) {
    if (violation.severity < Severity::low) continue;
    INFO(violation.rule->id << " at " << violation.path << ": " << violation.message);
    CHECK(std::any_of(dump.findings.begin(), dump.findings.end(),
                      [&](const Expected& expected) { return is(violation, expected); }));
  }
}

TEST_CASE("stores that people published") {
  if (!std::filesystem::exists(directory())) {
    WARN("no published stores are here: " << directory());
    return;
  }
  for (const PublicDump& dump : kDumps) {
    INFO(dump.name);
    auto store = read(dump);
    if (dump.kind == nullptr) {
      REQUIRE_FALSE(store);
      CHECK(store.error().place == std::string(dump.name) + dump.place);
      continue;
    }
    if (!store) FAIL(store.error().text());
    CHECK(store->info().kind == dump.kind);
    CHECK(described(*store) == dump.nodes);
    CHECK(store->info().coverage == dump.coverage);
    check_findings(dump, *std::move(store));
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
