// The stores of generate_store, audited with everything that is built in: what they are said to be
// is what must come of them, at sizes that the recorded stores do not have.
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include "audit/auditor.h"
#include "source/recording/dump_reader.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

struct Generated {
  Result<Snapshot> store;
  std::map<Domid, std::string> faults;  // domain and the rule that must find it
};

Generated generate(const std::string& options) {
  const ScratchDirectory scratch;
  const std::string faults_file = scratch / "faults";
  const std::string command =
      std::string(XSAUDIT_GENERATE_STORE) + " " + options + " 2>" + faults_file;
  FILE* const output = popen(command.c_str(), "r");
  REQUIRE(output != nullptr);
  Generated generated{read_dump(fileno(output), "generated"), {}};
  REQUIRE(pclose(output) == 0);
  REQUIRE(generated.store);
  std::ifstream faults(faults_file);
  Domid domid = 0;
  for (std::string rule; faults >> domid >> rule;) generated.faults[domid] = rule;
  return generated;
}

AuditResult audit(const Generated& generated) {
  static const Schema schema = *Schema::load(embedded_schema());
  static const RuleSet rules = *RuleSet::load(embedded_rules(), schema);
  Auditor auditor(schema, rules, {});
  auditor.add("generated", generated.store);
  return std::move(auditor).finish();
}

std::map<Domid, std::set<std::string>> rules_by_domain(const AuditResult& result) {
  std::map<Domid, std::set<std::string>> found;
  for (const Finding& finding : result.findings) {
    found[finding.guest ? finding.guest->domid : 0].insert(result.rules[finding.rule].id);
  }
  return found;
}

TEST_CASE("a generated store has the size that was asked for, and all of it is read") {
  const Generated generated = generate("--domains 30 --data 250");
  const Snapshot& store = *generated.store;
  CHECK(store.info().complete());
  CHECK(store.info().gap_count == 0);
  for (const std::string domid : {"1", "30"}) {
    const NodeId data = store.find("/local/domain/" + domid + "/data");
    REQUIRE(data != kNoNode);
    CHECK(store.subtree_end(data) - data == 251);
  }
  CHECK(store.find("/local/domain/31") == kNoNode);
}

TEST_CASE("a healthy generated store has no findings") {
  const AuditResult result = audit(generate("--domains 50 --data 100"));
  CHECK(rules_by_domain(result).empty());
  CHECK(result.verdict == Verdict::clean);
}

TEST_CASE("each fault is found where it is, and nothing is found elsewhere") {
  const Generated generated = generate("--domains 100 --faults 28 --data 20");
  REQUIRE(generated.faults.size() == 28);
  const AuditResult result = audit(generated);
  const auto found = rules_by_domain(result);
  for (const auto& [domid, rule] : generated.faults) {
    INFO("domain " << domid << ", " << rule);
    REQUIRE(found.count(domid) == 1);
    CHECK(found.at(domid).count(rule) == 1);
  }
  for (const auto& [domid, rules] : found) {
    INFO("domain " << domid << ", " << *rules.begin());
    CHECK(generated.faults.count(domid) == 1);
  }
}

TEST_CASE("what guests write into their own data/ is reported as theirs, and breaks nothing") {
  const Generated generated = generate("--domains 3 --data 800 --hostile");
  CHECK(generated.store->info().complete());
  const AuditResult result = audit(generated);
  CHECK(result.verdict == Verdict::findings);
  REQUIRE_FALSE(result.findings.empty());
  for (const Finding& finding : result.findings) {
    REQUIRE(finding.guest.has_value());
    // How much it is in all is said of the guest's home.
    const std::string home = "/local/domain/" + std::to_string(finding.guest->domid);
    const std::string& rule = result.rules[finding.rule].id;
    INFO(rule << " at " << finding.path);
    CHECK((finding.path.starts_with(home + "/data/") ||
           (rule == "node-quota-near" && finding.path == home)));
  }
}

}  // namespace
}  // namespace xsaudit
