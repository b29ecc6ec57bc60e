// What may pass by itself is looked at once more in a live store, and is no more than info where
// there is no second look.
#include <catch2/catch.hpp>
#include <string>

#include "audit/auditor.h"
#include "source/dump_reader.h"

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
        "settles: {unless: value == '2'}\n"},
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

AuditResult audit(const Result<Snapshot>& first, const Auditor::LookAgain& look_again = {}) {
  Auditor auditor(schema(), rules(), {});
  auditor.add("store", first, look_again);
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
        "high /t/b: it says 2\ninfo /t/a: it says 1 (seen once: it may pass by itself)\n");
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
  const auto look_again = [&] {
    looked = true;
    return store("0", "0");
  };
  CHECK(told(audit(store("0", "3"), look_again)) == "low /t/b: it says 3\n");
  CHECK_FALSE(looked);
}

TEST_CASE("a second look that fails leaves the audit incomplete") {
  const AuditResult result = audit(store("1", "0"), []() -> Result<Snapshot> {
    return Error{"live store", "it is gone", {}};
  });
  CHECK(told(result) == "info /t/a: it says 1 (seen once: it may pass by itself)\n");
  REQUIRE(result.sources.size() == 1);
  CHECK(result.sources[0].info.gap_count == 1);
  CHECK_FALSE(result.sources[0].incomplete.empty());
}

}  // namespace
}  // namespace xsaudit
