// Differences of two stores: what an administrator or a guest did in the lab, as
// tests/dumps/lab-*/ and their index record it, and the same host with other domids.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "audit/store_diff.h"
#include "store_text.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

const RuleSet& built_in_rules() {
  static const RuleSet loaded = *RuleSet::load(embedded_rules(), schema());
  return loaded;
}

// Without its directory a UUID identifies no guest.
const std::string kDirectories = "/vm = \"\"   (n0)\n/vm/" + std::string(kUuid) +
                                 " = \"\"   (n0)\n/vm/" + kOther + " = \"\"   (n0)\n";

std::string lab_text(const std::string& name) {
  return contents_of(XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-cxenstored/" + name + ".fp.txt");
}

// `always`: nodes without which a recording is a part of a store.
StoreDiff diff_of(const std::string& older, const std::string& newer,
                  std::vector<std::string> always = {}) {
  DumpOptions options;
  options.always = std::move(always);
  return compare_stores(schema(), built_in_rules(), {}, read_dump_text(older, "old", options),
                        read_dump_text(newer, "new", options));
}

StoreDiff lab_diff(const std::string& older, const std::string& newer) {
  return diff_of(lab_text(older), lab_text(newer));
}

// "- /path 12" for 12 nodes that went, "~ /path value" for another value.
std::set<std::string> lines_of(const StoreDiff& diff) {
  std::set<std::string> lines;
  for (const NodeDifference& one : diff.differences) {
    switch (one.kind) {
      case NodeDifference::Kind::came:
        lines.insert("+ " + one.after->path + " " + std::to_string(one.nodes));
        break;
      case NodeDifference::Kind::went:
        lines.insert("- " + one.before->path + " " + std::to_string(one.nodes));
        break;
      case NodeDifference::Kind::changed:
        lines.insert("~ " + one.before->path + (one.value ? " value" : "") +
                     (one.owner ? " owner" : "") + (one.permissions ? " permissions" : ""));
        break;
    }
  }
  return lines;
}

std::set<std::string> rules_of(const std::vector<FindingDifference>& findings) {
  std::set<std::string> rules;
  for (const FindingDifference& one : findings) rules.insert(one.rule);
  return rules;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The recording with another domid in place of domain 1's: in paths, values and permissions.
std::string renumbered(std::string text, const std::string& domid) {
  for (const char* const place :
       {"/local/domain/", "/libxl/", "/backend/vif/", "/backend/vbd/", "/backend/console/"}) {
    for (const char* const end : {"/", " ", "\""}) {
      text = replaced(text, place + std::string("1") + end, place + domid + end);
    }
  }
  for (const char* const letter : {"n", "r", "w", "b"}) {
    for (const char* const end : {",", ")"}) {
      for (const char* const start : {"(", ","}) {
        text = replaced(text, start + std::string(letter) + "1" + end,
                        start + std::string(letter) + domid + end);
      }
    }
  }
  text = replaced(text, "frontend-id = \"1\"", "frontend-id = \"" + domid + "\"");
  return replaced(text, "/domid = \"1\"", "/domid = \"" + domid + "\"");
}

}  // namespace

TEST_CASE("a store does not differ from itself") {
  for (const char* const name : {"40-healthy", "34-fill-data", "93-hvm-up"}) {
    const StoreDiff diff = lab_diff(name, name);
    INFO(name);
    CHECK(diff.same());
    CHECK(diff.volatile_nodes == 0);
    CHECK(diff.not_compared.empty());
  }
}

TEST_CASE("the differences of a pair of the lab are what was done between the two") {
  using Lines = std::set<std::string>;
  // libxl writes the memory of domain 0 between the two, when xl asks for it: volatile.
  StoreDiff diff = lab_diff("40-healthy", "41-libxl-vif-removed");
  CHECK(lines_of(diff) == Lines{"- /libxl/1/device/vif/0 12"});
  CHECK(diff.volatile_nodes == 3);
  CHECK_FALSE(diff.findings_came.empty());
  REQUIRE(diff.differences.front().suspects);
  CHECK(diff.differences.front().suspects->empty());

  diff = lab_diff("40-healthy", "43-backend-removed");
  CHECK(lines_of(diff) == Lines{"- /local/domain/0/backend/vif/1/0 23"});
  CHECK(diff.differences.front().device == "vif/0");

  diff = lab_diff("40-healthy", "44-libxl-backend-swapped");
  CHECK(lines_of(diff) == Lines{"~ /libxl/1/device/vif/0/backend value"});
  CHECK(diff.differences.front().after->value == "/local/domain/0/backend/vif/2/0");

  diff = lab_diff("40-healthy", "50-domain-dir-owned-by-guest");
  CHECK(lines_of(diff) == Lines{"~ /local/domain/1 owner permissions"});
  CHECK(diff.findings_gone.empty());

  diff = lab_diff("40-healthy", "51-backend-kind-world-writable");
  CHECK(lines_of(diff) == Lines{"~ /local/domain/0/backend/vif permissions"});

  diff = lab_diff("40-healthy", "53-vm-removed");
  CHECK(lines_of(diff) == Lines{"- /vm/0afbbe7b-ecc7-4890-b63f-fdd54c3fae73 9"});

  diff = lab_diff("71-driver-domain-serving", "72-driver-domain-lies");
  CHECK(lines_of(diff) == Lines{"~ /local/domain/1/backend/vif/2/0/frontend value"});
  REQUIRE(diff.differences.front().suspects);
  REQUIRE(diff.differences.front().suspects->size() == 1);
  CHECK(diff.differences.front().suspects->front().domains == DomainSet::of({1}));
  CHECK(rules_of(diff.findings_came).size() == diff.findings_came.size());
}

TEST_CASE("the way back has the same differences, the other way round") {
  const StoreDiff diff = lab_diff("41-libxl-vif-removed", "40-healthy");
  CHECK(lines_of(diff) == std::set<std::string>{"+ /libxl/1/device/vif/0 12"});
  CHECK(diff.findings_came.empty());
  CHECK_FALSE(diff.findings_gone.empty());
}

TEST_CASE("a guest with another domid is not a difference") {
  const std::string before = lab_text("40-healthy");
  const StoreDiff diff = diff_of(before, renumbered(before, "17"));
  CHECK(lines_of(diff) == std::set<std::string>());
  CHECK(diff.same());
  REQUIRE(diff.renumbered.size() == 1);
  CHECK(diff.renumbered.front().guest.domid == 1);
  CHECK(diff.renumbered.front().new_domid == 17);
  CHECK(diff.came.empty());
  CHECK(diff.gone.empty());
}

TEST_CASE("a change is found in a guest with another domid, and only that") {
  const std::string before = lab_text("40-healthy");
  const std::string after =
      replaced(renumbered(before, "17"),
               "/libxl/17/device/vif/0/backend = \"/local/domain/0/backend/vif/17/0\"",
               "/libxl/17/device/vif/0/backend = \"/local/domain/0/backend/vif/2/0\"");
  const StoreDiff diff = diff_of(before, after);
  CHECK(lines_of(diff) == std::set<std::string>{"~ /libxl/1/device/vif/0/backend value"});
  CHECK(diff.differences.front().after->path == "/libxl/17/device/vif/0/backend");
}

TEST_CASE("another guest with the same domid is another guest") {
  const std::string before = kTop + kDirectories + guest_with_vif("3", kUuid);
  const StoreDiff diff = diff_of(before, kTop + kDirectories + guest_with_vif("3", kOther));
  REQUIRE(diff.came.size() == 1);
  REQUIRE(diff.gone.size() == 1);
  CHECK(diff.came.front().uuid == kOther);
  CHECK(diff.gone.front().uuid == kUuid);
  CHECK(lines_of(diff) == std::set<std::string>{"+ /local/domain/3 8", "- /local/domain/3 8"});
}

TEST_CASE("two guests that exchange their domids are not a difference") {
  const std::string top = kTop + kDirectories;
  const std::string before = top + guest_with_vif("3", kUuid) + guest_with_vif("5", kOther);
  std::string after = top + guest_with_vif("5", kUuid) + guest_with_vif("3", kOther);
  after =
      replaced(replaced(replaced(after, "\"g5\"", "\"x\""), "\"g3\"", "\"g5\""), "\"x\"", "\"g3\"");
  const StoreDiff diff = diff_of(before, after);
  CHECK(lines_of(diff) == std::set<std::string>());
  CHECK(diff.renumbered.size() == 2);
}

// Set 53 to 58 of the lab have such nodes.
TEST_CASE("a vm node that names another guest, or nothing, does not make its domain that guest") {
  const std::string before = lab_text("40-healthy");
  const std::string alpha = "/local/domain/1/vm = \"/vm/0afbbe7b-ecc7-4890-b63f-fdd54c3fae73\"";
  for (const char* const directory :
       {"e33d16ae-6012-49aa-81f5-ce65b1a1f31e", "11111111-2222-3333-4444-555555555555"}) {
    INFO(directory);
    const std::string after =
        replaced(before, alpha, std::string("/local/domain/1/vm = \"/vm/") + directory + "\"");
    for (const bool forwards : {true, false}) {
      const StoreDiff diff = forwards ? diff_of(before, after) : diff_of(after, before);
      CHECK(lines_of(diff) == std::set<std::string>{"~ /local/domain/1/vm value"});
      CHECK(diff.came.empty());
      CHECK(diff.gone.empty());
      CHECK(diff.renumbered.empty());
    }
  }
  // Beta, whose directory the node of alpha names, was destroyed, and the directory with it.
  const StoreDiff diff = lab_diff("40-healthy", "57-backend-of-dead-domain");
  REQUIRE(diff.gone.size() == 1);
  CHECK(diff.gone.front().domid == 2);
  CHECK(diff.came.empty());
  CHECK(diff.renumbered.empty());
}

TEST_CASE("a store without permissions, or a part of a store, is not called the same") {
  const std::string whole = lab_text("40-healthy");
  std::string bare;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = whole.find('\n', at);
    const std::string line = whole.substr(at, end - at);
    bare += line.substr(0, line.rfind("   (")) + "\n";
    at = end + 1;
  }
  const StoreDiff diff = diff_of(whole, bare);
  CHECK(diff.differences.empty());
  CHECK_FALSE(diff.not_compared.empty());
  // Every store has /tool.
  const std::string part = replaced(whole, "/tool", "/other");
  CHECK_FALSE(diff_of(whole, part, schema().always()).not_compared.empty());
}

TEST_CASE("a volatile node is left out, and its permissions are not") {
  const std::string node =
      "/local/domain/3/console = \"\"   (n0,r3)\n/local/domain/3/console/tty = ";
  const std::string before =
      kTop + guest_with_vif("3", kUuid) + node + "\"/dev/pts/1\"   (n0,r3)\n";
  StoreDiff diff =
      diff_of(before, kTop + guest_with_vif("3", kUuid) + node + "\"/dev/pts/9\"   (n0,r3)\n");
  CHECK(diff.same());
  CHECK(diff.volatile_nodes == 1);
  diff = diff_of(before, kTop + guest_with_vif("3", kUuid) + node + "\"/dev/pts/9\"   (n3)\n");
  CHECK(lines_of(diff) == std::set<std::string>{"~ /local/domain/3/console/tty owner permissions"});
}

TEST_CASE("a destroyed guest takes its nodes and its findings with it, and nothing else") {
  for (const char* const daemon : {"cxenstored", "oxenstored"}) {
    const std::string folder =
        XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-" + std::string(daemon) + "/";
    const StoreDiff diff =
        diff_of(contents_of(folder + "31-backend-to-victim.fp.txt"),
                contents_of(folder + "31-backend-to-victim-after-destroy.fp.txt"));
    INFO(daemon);
    REQUIRE(diff.gone.size() == 1);
    CHECK(diff.gone.front().name == "att31");
    CHECK(diff.came.empty());
    CHECK(diff.findings_came.empty());
    CHECK(rules_of(diff.findings_gone).contains("frontend-link-forged"));
    std::set<std::string> places;
    for (const NodeDifference& one : diff.differences) {
      CHECK(one.kind == NodeDifference::Kind::went);
      places.insert(one.before->path);
    }
    CHECK(places == std::set<std::string>{"/vm/" + diff.gone.front().uuid, "/local/domain/3",
                                          "/local/domain/0/backend/console/3",
                                          "/local/domain/0/backend/vbd/3",
                                          "/local/domain/0/backend/vif/3", "/libxl/3"});
  }
}

TEST_CASE("a domain that may write a node could have changed its value, but not its permissions") {
  const std::string before = kTop + guest_with_vif("3", kUuid);
  const std::string shared = "/tool/shared = ";
  const auto suspects = [&](const std::string& old_line, const std::string& new_line) {
    const StoreDiff diff = diff_of(before + shared + old_line, before + shared + new_line);
    REQUIRE(diff.differences.size() == 1);
    REQUIRE(diff.differences.front().suspects);
    DomainSet all;
    for (const AccessWay& way : *diff.differences.front().suspects) all = all.united(way.domains);
    return all;
  };
  CHECK(suspects("\"a\"   (n0,b3)\n", "\"b\"   (n0,b3)\n") == DomainSet::of({3}));
  CHECK(suspects("\"a\"   (n0,b3)\n", "\"a\"   (n0,b3,b5)\n") == DomainSet());
  CHECK(suspects("\"a\"   (n3)\n", "\"a\"   (n3,b5)\n") == DomainSet::of({3}));
}

TEST_CASE("a guest that changes many nodes cannot make the list of differences long") {
  std::string before = kTop + guest_with_vif("3", kUuid) + "/local/domain/3/data = \"\"   (n3)\n";
  std::string after = before;
  for (std::size_t i = 0; i < StoreDiff::kMaxDifferences + 10; ++i) {
    const std::string node = "/local/domain/3/data/" + std::to_string(i) + " = ";
    before += node + "\"a\"   (n3)\n";
    after += node + "\"b\"   (n3)\n";
  }
  const StoreDiff diff = diff_of(before, after);
  CHECK(diff.differences.size() == StoreDiff::kMaxDifferences);
  CHECK(diff.left_out == 10);
}

}  // namespace xsaudit
