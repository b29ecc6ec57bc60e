#include <catch2/catch.hpp>

#include "audit/verdict.h"

using namespace xsaudit;

namespace {

// A whole source, with permissions, of ten nodes; two rules.
AuditResult whole() {
  AuditResult result;
  result.rules.resize(2);
  SourceSummary source;
  source.info.has_permissions = true;
  source.nodes = 10;
  result.sources.push_back(source);
  return result;
}

void find(AuditResult& result, Severity severity) {
  Finding finding;
  finding.severity = severity;
  result.findings.push_back(finding);
}

void conclude(AuditResult& result) {
  for (std::size_t i = 0; i < result.sources.size(); ++i) {
    result.sources[i].incomplete = incomplete_because(result, i);
  }
  result.verdict = verdict_of(result);
}

int status(AuditResult result, bool accept_incomplete = false) {
  conclude(result);
  return exit_status(result, accept_incomplete);
}

}  // namespace

TEST_CASE("a whole source without findings is clean") {
  AuditResult result = whole();
  conclude(result);
  CHECK(result.verdict == Verdict::clean);
  CHECK(result.sources[0].incomplete.empty());
  CHECK(status(whole()) == 0);
}

TEST_CASE("findings count from fail_on upwards, info never") {
  const Severity all[] = {Severity::info, Severity::low, Severity::medium, Severity::high,
                          Severity::critical};
  for (const Severity fail_on : all) {
    for (const Severity found : all) {
      AuditResult result = whole();
      result.fail_on = fail_on;
      find(result, found);
      const bool counts = found >= fail_on && found != Severity::info;
      INFO(to_text(found) << " with --fail-on " << to_text(fail_on));
      CHECK(status(result) == (counts ? 1 : 0));
    }
  }
}

TEST_CASE("what a whole recording would have and this one has not makes it incomplete") {
  AuditResult result = whole();
  SECTION("nothing at all") { result.sources[0].nodes = 0; }
  SECTION("no permissions") { result.sources[0].info.has_permissions = false; }
  SECTION("a subtree") { result.sources[0].info.coverage = Coverage::subtree; }
  SECTION("an excerpt") { result.sources[0].info.coverage = Coverage::excerpt; }
  SECTION("a gap") { result.sources[0].info.add_gap("x:3", "a value was cut"); }
  SECTION("a rule that could not be decided") {
    result.not_evaluated.push_back({1, 0, "/a", "it was cut", false, 1});
  }
  conclude(result);
  CHECK(result.verdict == Verdict::incomplete);
  REQUIRE(result.sources[0].incomplete.size() == 1);
  CHECK(exit_status(result, false) == 3);
}

TEST_CASE("what no recording of the form has does not make it incomplete") {
  AuditResult result = whole();
  result.not_evaluated.push_back({1, 0, "/", "its permissions are unknown", true, 1});
  CHECK(status(result) == 0);
}

TEST_CASE("no source at all is not clean") {
  AuditResult result;
  CHECK(verdict_of(result) == Verdict::incomplete);
}

TEST_CASE("the incomplete can be accepted, the empty cannot") {
  AuditResult result = whole();
  result.sources[0].info.has_permissions = false;
  CHECK(status(result, true) == 0);
  result.sources[0].nodes = 0;
  CHECK(status(result, true) == 3);
}

TEST_CASE("accepting gaps does not accept findings") {
  AuditResult result = whole();
  result.sources[0].info.has_permissions = false;
  find(result, Severity::low);
  CHECK(status(result, true) == 1);
}

TEST_CASE("2 wins over 1, and 1 over 3") {
  AuditResult result = whole();
  result.sources[0].info.add_gap("x:3", "a value was cut");
  CHECK(status(result) == 3);
  find(result, Severity::high);
  CHECK(status(result) == 1);
  result.sources.emplace_back();
  result.sources[1].error = "cannot open it";
  CHECK(status(result) == 2);
}

TEST_CASE("reasons name the first gap and count the others and the rules") {
  AuditResult result = whole();
  result.sources[0].info.add_gap("x:3", "a value was cut");
  result.sources[0].info.add_gap("x:9", "a value was cut");
  result.sources[0].info.add_gap("x:10", "a value was cut");
  // Two reasons of one rule are one rule; another source's do not count.
  result.sources.push_back(whole().sources[0]);
  result.not_evaluated.push_back({1, 0, "/a", "it was cut", false, 1});
  result.not_evaluated.push_back({1, 0, "/b", "it was not recorded", false, 1});
  result.not_evaluated.push_back({0, 1, "/b", "it was not recorded", false, 1});
  CHECK(incomplete_because(result, 0) ==
        std::vector<std::string>{"x:3: a value was cut, and 2 more gaps",
                                 "1 rule could not be decided everywhere"});
}

TEST_CASE("findings are counted by severity") {
  AuditResult result = whole();
  find(result, Severity::high);
  find(result, Severity::high);
  find(result, Severity::info);
  CHECK(result.counts() == std::array<std::uint64_t, 5>{1, 0, 0, 2, 0});
}
