#include <algorithm>
#include <catch2/catch.hpp>

#include "report/report.h"
#include "report/sample_result.h"

using namespace xsaudit;

namespace {

std::string text(const AuditResult& result, bool colour = false) {
  return find_report_format("text")->write(result, {colour});
}

}  // namespace

TEST_CASE("a clean audit is a line on the source and a line of verdict") {
  CHECK(text(clean_result()) ==
        "host.txt: xenstore-ls -fp, 12 nodes, domains 0, 1 and 3 alive (as given)\n"
        "\n"
        "clean: nothing found by 1 rule over 12 nodes\n");
}

TEST_CASE("a finding says what, who, by which nodes, and what to do") {
  CHECK(text(result_with_finding()) ==
        "host.txt: xenstore-ls -fp, 12 nodes, domains 0, 1 and 3 alive (as given)\n"
        "\n"
        "domain 3 \"web\", vif/0\n"
        "  HIGH  The frontend points at another guest's backend  [frontend-link-forged]\n"
        "      what      it names the backend of domain 1\n"
        "      who       domain 3 can decide /local/domain/3/device/vif/0/backend, through "
        "/local/domain/3/device/vif/0\n"
        "      evidence  /local/domain/3/device/vif/0/backend = "
        "\"/local/domain/0/backend/vif/1/0\"  (n3,r0)\n"
        "                /libxl/3/device/vif/0/backend = "
        "\"/local/domain/0/backend/vif/3/0\"  (n0)\n"
        "      to do     Restart the guest.\n"
        "                Look at what it runs.\n"
        "\n"
        "findings: 1 high by 1 rule over 12 nodes\n");
}

TEST_CASE("evidence that is absent, unknown or without permissions is said to be") {
  AuditResult result = result_with_finding();
  Finding& finding = result.findings[0];
  finding.evidence[0].presence = Presence::absent;
  finding.evidence[1].value_unknown = UnknownReason::cut;
  finding.evidence[1].permissions.reset();
  finding.evidence[1].permissions_unknown = UnknownReason::unreadable;
  finding.evidence[1].controllers.reset();
  Evidence third;
  third.path = "/vm";
  third.presence = Presence::unknown;
  third.presence_unknown = UnknownReason::not_covered;
  finding.evidence.push_back(third);

  const std::string report = text(result);
  CHECK_THAT(report, Catch::Contains("/local/domain/3/device/vif/0/backend is not there\n"));
  CHECK_THAT(report,
             Catch::Contains("/libxl/3/device/vif/0/backend (value unknown: it was truncated by "
                             "the recording) (permissions unknown: it could not be read)\n"));
  CHECK_THAT(report, Catch::Contains("/vm may or may not be there: it lies outside the recorded "
                                     "part of the store\n"));
  CHECK_THAT(report, Catch::Contains("who       unknown: permissions are missing\n"));
}

TEST_CASE("what no guest controls is laid to the privileged") {
  AuditResult result = result_with_finding();
  result.findings[0].evidence.erase(result.findings[0].evidence.begin());
  CHECK_THAT(text(result), Catch::Contains("who       privileged domains only\n"));
}

TEST_CASE("a guest's device stays together, in the place of its worst finding") {
  AuditResult result = result_with_finding();
  const Finding worst = result.findings[0];
  Finding other = worst;
  other.guest = Guest{1, "", ""};
  other.device = "";
  other.severity = Severity::medium;
  Finding late = worst;
  late.severity = Severity::low;
  Finding host = worst;
  host.guest.reset();
  host.device.clear();
  result.findings = {worst, other, late, host};

  const std::string report = text(result);
  const auto first = report.find("domain 3 \"web\", vif/0\n  HIGH");
  const auto low = report.find("\n  LOW ");
  const auto second = report.find("\ndomain 1\n  MEDIUM");
  const auto third = report.find("\nthe host\n  HIGH");
  REQUIRE(first != std::string::npos);
  REQUIRE(low != std::string::npos);
  REQUIRE(second != std::string::npos);
  REQUIRE(third != std::string::npos);
  CHECK(first < low);
  CHECK(low < second);
  CHECK(second < third);
  CHECK(report.find("vif/0\n  LOW") == std::string::npos);
}

TEST_CASE("several sources are told apart, and one that failed is not passed over") {
  AuditResult result = clean_result();
  result.sources.push_back(result.sources[0]);
  result.sources[1] = SourceSummary();
  result.sources[1].info.name = "broken.txt";
  result.sources[1].error = "broken.txt:3: not a listing";
  result.sources[1].incomplete = {"it could not be read"};
  result.verdict = Verdict::incomplete;
  CHECK(
      text(result) ==
      "host.txt: xenstore-ls -fp, 12 nodes, domains 0, 1 and 3 alive (as given)\n"
      "\n"
      "not audited: broken.txt:3: not a listing\n"
      "\n"
      "incomplete: nothing found by 1 rule over 12 nodes of 2 sources; the audit is incomplete\n");
}

TEST_CASE("what was not evaluated is listed with its reason") {
  AuditResult result = clean_result();
  result.not_evaluated.push_back({0, 0, "/", "/: its permissions are not known", true, 1});
  result.not_evaluated.push_back({0, 0, "/a", "/a: it was truncated by the recording", false, 4});
  result.sources[0].incomplete = {"1 rule could not be decided everywhere"};
  result.verdict = Verdict::incomplete;
  CHECK(text(result) ==
        "host.txt: xenstore-ls -fp, 12 nodes, domains 0, 1 and 3 alive (as given)\n"
        "\n"
        "not evaluated\n"
        "  frontend-link-forged: /: its permissions are not known\n"
        "  frontend-link-forged: /a: it was truncated by the recording, and 3 more places\n"
        "\n"
        "incomplete\n"
        "  1 rule could not be decided everywhere\n"
        "\n"
        "incomplete: nothing found by 1 rule over 12 nodes; the audit is incomplete\n");
}

TEST_CASE("rules that were not evaluated for one reason are told together") {
  AuditResult result = clean_result();
  for (std::size_t rule = 0; rule < 7; ++rule) {
    RuleSummary summary = result.rules.front();
    summary.id = "a-rule-of-some-length-" + std::to_string(rule);
    if (rule > 0) result.rules.push_back(summary);
    result.not_evaluated.push_back({rule, 0, "/", "/: its permissions are not known", true, 1});
  }
  result.not_evaluated.push_back({0, 0, "/a", "/a: it was truncated by the recording", false, 1});
  CHECK_THAT(text(result),
             Catch::Contains("not evaluated\n"
                             "  /: its permissions are not known\n"
                             "      frontend-link-forged, a-rule-of-some-length-1, "
                             "a-rule-of-some-length-2,\n"
                             "      a-rule-of-some-length-3, a-rule-of-some-length-4, "
                             "a-rule-of-some-length-5,\n"
                             "      a-rule-of-some-length-6\n"
                             "  frontend-link-forged: /a: it was truncated by the recording\n"
                             "\n"));
}

TEST_CASE("findings below the threshold are shown, and said to be below") {
  AuditResult result = result_with_finding();
  result.fail_on = Severity::critical;
  result.verdict = Verdict::clean;
  CHECK_THAT(text(result), Catch::EndsWith("clean: 1 high by 1 rule over 12 nodes, nothing of "
                                           "severity critical or above\n"));
}

TEST_CASE("no byte of a guest reaches the terminal as it is") {
  for (const bool colour : {false, true}) {
    std::string report = text(hostile_result(every_byte()), colour);
    // What is ours: the codes around coloured text, and newlines.
    for (const char* const code : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[1;31m"}) {
      for (auto at = report.find(code); at != std::string::npos; at = report.find(code)) {
        report.erase(at, std::string(code).size());
      }
    }
    CHECK(std::all_of(report.begin(), report.end(),
                      [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  }
}

TEST_CASE("a value cannot pretend to end") {
  AuditResult result = hostile_result("x\"  (n0)\n/y = \"");
  CHECK_THAT(text(result), Catch::Contains(R"( = "x\"  (n0)\n/y = \""  (n3,r0))"));
}

TEST_CASE("a long value is cut, and said to be") {
  const std::string report = text(hostile_result(std::string(4000, 'v')));
  CHECK_THAT(report, Catch::Contains(" = \"" + std::string(200, 'v') + "... (4000 bytes)\""));
  CHECK(report.find(" = \"" + std::string(201, 'v')) == std::string::npos);
}

TEST_CASE("colour only where it is asked for") {
  CHECK(text(result_with_finding()).find('\x1b') == std::string::npos);
  CHECK_THAT(text(result_with_finding(), true), Catch::Contains("\x1b[31mHIGH\x1b[0m"));
}

TEST_CASE("a finding that stands for many nodes names some and counts the rest") {
  AuditResult result = result_with_finding();
  result.findings[0].count = 5;
  result.findings[0].samples = {"/a/b", "/a/c"};
  CHECK_THAT(text(result), Catch::Contains("      places    /a/b\n"
                                           "                /a/c\n"
                                           "                and 2 more\n"));
}

TEST_CASE("of findings that are alike the first are told in full and the others counted") {
  AuditResult result = result_with_finding();
  const Finding one = result.findings[0];
  result.findings.clear();
  for (int i = 0; i < 8; ++i) {
    result.findings.push_back(one);
    result.findings.back().message = "node " + std::to_string(i) + " of many";
  }
  result.findings.push_back(one);
  result.findings.back().device = "vif/1";
  result.findings.back().message = "node 9 of many";

  const auto told = [&](const char* format) {
    const std::string report = find_report_format(format)->write(result, ReportOptions());
    std::string numbers;
    for (char number = '0'; number <= '9'; ++number) {
      if (report.find(std::string("node ") + number + " of many") != std::string::npos) {
        numbers += number;
      }
    }
    return numbers;
  };
  const std::string rest =
      "3 more of frontend-link-forged about domain 3 \"web\", vif/0: --format json lists all of "
      "them";
  const std::string report = text(result);
  CHECK(told("text") == "012349");
  CHECK(report.find("\n  " + rest + "\n") != std::string::npos);
  CHECK(report.find("more of", report.find(rest) + rest.size()) == std::string::npos);
  CHECK(report.find("findings: 9 high") != std::string::npos);
  CHECK(told("markdown") == "012349");
  CHECK(find_report_format("markdown")->write(result, ReportOptions()).find(rest) !=
        std::string::npos);
  for (const char* const format : {"json", "jsonl", "sarif", "junit", "github", "html"}) {
    INFO(format);
    CHECK(told(format) == "012345679");
  }

  result.findings.resize(5);
  CHECK(text(result).find("more of") == std::string::npos);
}
