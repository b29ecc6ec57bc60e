// What may pass by itself is looked at once more in a live store, and is no more than info where
// there is no second look.
#include <catch2/catch.hpp>
#include <string>

#include "audit/auditor.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

const Schema& schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

// At each node below /t: `settling` fires at "1" and at "2", where one look is enough for "2";
// `steady` fires at "3".
const RuleSet& rules() {
  static const RuleSet loaded = *RuleSet::load(
      {{"settling.yaml",
        "id: settling\ntitle: Between two states\nseverity: high\nclass: lifecycle\nwhy: Because.\n"
        "match: /t/$NAME\nassert: \"!(value in ['1', '2'])\"\nmessage: it says {value}\n"
        "transient: {unless: value == '2'}\n"},
       {"steady.yaml",
        "id: steady\ntitle: Wrong\nseverity: low\nclass: security\nwhy: Because.\n"
        "match: /t/$NAME\nassert: value != '3'\nmessage: it says {value}\n"}},
      schema());
  return loaded;
}

Result<Snapshot> store(const std::string& a, const std::string& b) {
  return read_dump_text("/t = \"\"   (n0)\n/t/a = \"" + a + "\"   (n0)\n/t/b = \"" + b +
                            "\"   (n0)\n/tool = \"\"   (n0)\n",
                        "store");
}

AuditResult audit(const Result<Snapshot>& first, const Auditor::Resample& resample = {}) {
  Auditor auditor(schema(), rules(), {});
  auditor.add("store", first, resample);
  return std::move(auditor).finish();
}

// "high /t/a: it says 1", one a line.
std::string told(const AuditResult& result) {
  std::string text;
  for (const Finding& finding : result.findings) {
    text +=
        std::string(to_text(finding.severity)) + " " + finding.path + ": " + finding.message + "\n";
  }
  return text;
}

TEST_CASE("a store seen once: what may pass is info, what one look proves is not") {
  CHECK(told(audit(store("1", "2"))) ==
        "high /t/b: it says 2\ninfo /t/a: it says 1 (seen once; may be transient)\n");
}

TEST_CASE("a second look drops what has passed, and keeps what has not") {
  CHECK(told(audit(store("1", "1"), [] { return store("1", "0"); })) == "high /t/a: it says 1\n");
  CHECK(told(audit(store("2", "2"), [] { return store("0", "2"); })) == "high /t/b: it says 2\n");
}

TEST_CASE("a second look says nothing of what came later, or of what does not pass") {
  CHECK(told(audit(store("1", "0"), [] { return store("0", "1"); })).empty());
  CHECK(told(audit(store("1", "3"), [] { return store("0", "0"); })) == "low /t/b: it says 3\n");
}

TEST_CASE("nobody looks again where nothing may pass") {
  bool looked = false;
  const auto resample = [&] {
    looked = true;
    return store("0", "0");
  };
  CHECK(told(audit(store("0", "3"), resample)) == "low /t/b: it says 3\n");
  CHECK_FALSE(looked);
}

// Whoever makes it fail must not make a fault harmless.
TEST_CASE("a second look that fails, or sees nothing, keeps what was found, and is a gap") {
  const auto gone = []() -> Result<Snapshot> { return Error{"live store", "it is gone", {}}; };
  const auto empty = [] { return read_dump_text("", "store"); };
  for (const Auditor::Resample& resample : {Auditor::Resample(gone), Auditor::Resample(empty)}) {
    const AuditResult result = audit(store("1", "0"), resample);
    CHECK(told(result) == "high /t/a: it says 1 (it could not be re-checked)\n");
    REQUIRE(result.sources.size() == 1);
    CHECK(result.sources[0].info.gap_count >= 1);
    CHECK_FALSE(result.sources[0].incomplete.empty());
  }
}

TEST_CASE("what the second look lacks is missing from the audit") {
  const AuditResult result = audit(store("1", "0"), [] {
    auto again = store("0", "0");
    again->info().add_gap("/x", "it could not be read");
    return again;
  });
  CHECK(told(result).empty());
  CHECK(result.verdict == Verdict::incomplete);
  REQUIRE(result.sources[0].info.gaps.size() == 1);
  CHECK(result.sources[0].info.gaps[0].what == "it could not be read, at the second reading");
}

TEST_CASE("a fault that another rule names by now keeps the lesser severity of the two") {
  const std::string pattern = "match: /t/$NAME\nmessage: it says {value}\n";
  const RuleSet names = *RuleSet::load(
      {{"one.yaml",
        "id: one\ntitle: One\nseverity: high\nclass: lifecycle\nwhy: Because.\ntransient: true\n"
        "assert: value != '1'\n" +
            pattern},
       {"two.yaml",
        "id: two\ntitle: Two\nseverity: medium\nclass: lifecycle\nwhy: Because.\ntransient: true\n"
        "assert: value != '2'\n" +
            pattern}},
      schema());
  const auto audit_twice = [&](const Result<Snapshot>& first, const auto& second) {
    Auditor auditor(schema(), names, {});
    auditor.add("store", first, second);
    return told(std::move(auditor).finish());
  };
  CHECK(audit_twice(store("1", "0"), [] { return store("2", "0"); }) ==
        "medium /t/a: it says 1 (after the re-check: two)\n");
  // It was there before, so that it is no other name of what has gone.
  CHECK(audit_twice(store("1", "2"), [] { return store("0", "2"); }) == "medium /t/b: it says 2\n");
}

// A guest that came in the place of another one is not to blame for it.
TEST_CASE("what a domain left behind has passed when its number is another's") {
  const auto guest = [](const std::string& uuid, const std::string& uuid_permissions) {
    return read_dump_text(
        "/t = \"\"   (n0)\n/local = \"\"   (n0)\n/local/domain = \"\"   (n0)\n"
        "/local/domain/3 = \"\"   (n0)\n/local/domain/3/vm = \"/vm/" +
            uuid + "\"   (" + uuid_permissions + ")\n/local/domain/3/name = \"1\"   (n0)\n",
        "store");
  };
  const RuleSet names = *RuleSet::load(
      {{"one.yaml",
        "id: one\ntitle: One\nseverity: high\nclass: lifecycle\nwhy: Because.\ntransient: true\n"
        "match: ~/name\nassert: value != '1'\nmessage: it says {value}\n"}},
      schema());
  const auto audit_twice = [&](const Result<Snapshot>& first, const auto& second) {
    Auditor auditor(schema(), names, {});
    auditor.add("store", first, second);
    return told(std::move(auditor).finish());
  };
  const std::string one = "11111111-2222-3333-4444-555555555555";
  const std::string other = "99999999-2222-3333-4444-555555555555";
  const std::string kept = "high /local/domain/3/name: it says 1\n";
  CHECK(audit_twice(guest(one, "n0"), [&] { return guest(one, "n0"); }) == kept);
  CHECK(audit_twice(guest(one, "n0"), [&] { return guest(other, "n0"); }).empty());
  // A guest could have written it itself.
  CHECK(audit_twice(guest(one, "n3"), [&] { return guest(other, "n0"); }) == kept);
  CHECK(audit_twice(guest(one, "n0"), [&] { return guest(other, "n0,b3"); }) == kept);
}

TEST_CASE("what may pass is info, too, where it is not known whether its domain is alive") {
  const RuleSet both = *RuleSet::load(
      {{"moving.yaml",
        "id: moving\ntitle: Between two states\nseverity: high\nclass: lifecycle\nwhy: Because.\n"
        "match: ~/data/x\nwhen: alive(DOMID)\nassert: value != '1'\nmessage: it says {value}\n"
        "transient: true\n"},
       {"broken.yaml",
        "id: broken\ntitle: Wrong\nseverity: high\nclass: lifecycle\nwhy: Because.\n"
        "match: ~/data/x\nwhen: alive(DOMID)\nassert: value != '2'\nmessage: it says {value}\n"},
       {"left.yaml",
        "id: left\ntitle: Left over\nseverity: high\nclass: lifecycle\nwhy: Because.\n"
        "match: \"~\"\nassert: alive(DOMID)\nmessage: it is left\n"}},
      schema());
  const auto told_of = [&](const std::string& value) {
    Auditor auditor(schema(), both, {});
    auditor.add("store", read_dump_text("/local/domain/7/data/x = \"" + value +
                                            "\"   (n7)\n"
                                            "/local/domain/0/data/y = \"\"   (n0)\n",
                                        "store"));
    return told(std::move(auditor).finish());
  };
  const std::string remark =
      " (whether domain 7 is running is not known; if not, this is left over)";
  CHECK(told_of("1") ==
        "info /local/domain/7/data/x: it says 1" + remark + " (seen once; may be transient)\n");
  CHECK(told_of("2") == "medium /local/domain/7/data/x: it says 2" + remark + "\n");
}

}  // namespace
}  // namespace xsaudit
