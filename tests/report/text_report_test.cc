#include <algorithm>
#include <catch2/catch.hpp>

#include "report/report.h"
#include "report/sample_result.h"

using namespace xsaudit;

namespace {

std::string text(const AuditResult& result, bool colour = false) {
  return find_report_format("text")->write(result, {colour});
}

std::string verbose(const AuditResult& result) {
  return find_report_format("text")->write(result, {.verbose = true});
}

}  // namespace

TEST_CASE("a clean audit is one line") {
  CHECK(text(clean_result()) ==
        "host.txt: clean: nothing found by 1 rule over 12 nodes; xenstore-ls -fp, domains 0, 1 and "
        "3 alive (as given)\n");
}

TEST_CASE("a finding says what, who, by which nodes, and what to do") {
  CHECK(text(result_with_finding()) ==
        "host.txt: findings: 1 high by 1 rule over 12 nodes; xenstore-ls -fp, domains 0, 1 and 3 "
        "alive (as given)\n"
        "\n"
        "domain 3 \"web\", vif/0  (UUID 33333333-0000-0000-0000-000000000003)\n"
        "  HIGH  The frontend points at another guest's backend  [frontend-link-forged]\n"
        "      what      it names the backend of domain 1\n"
        "      who       domain 3 \"web\" could have written /local/domain/3/device/vif/0/backend, "
        "through "
        "/local/domain/3/device/vif/0\n"
        "      evidence  /local/domain/3/device/vif/0/backend = "
        "\"/local/domain/0/backend/vif/1/0\"  (n3,r0)\n"
        "                /libxl/3/device/vif/0/backend = "
        "\"/local/domain/0/backend/vif/3/0\"  (n0)\n"
        "      to do     Restart the guest.\n"
        "                Look at what it runs.\n");
}

TEST_CASE("evidence that is absent, unknown or without permissions is said to be") {
  AuditResult result = result_with_finding();
  Finding& finding = result.findings[0];
  finding.evidence[0].presence = Presence::absent;
  finding.evidence[1].value_unknown = UnknownReason::cut;
  finding.evidence[1].permissions.reset();
  finding.evidence[1].permissions_unknown = UnknownReason::unreadable;
  finding.cause.domains.reset();
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
  result.findings[0].cause.domains = DomainSet();
  CHECK_THAT(text(result), Catch::Contains("who       privileged domains only\n"));
}

TEST_CASE("who could have caused it is named for what is wrong with the one node") {
  AuditResult result = result_with_finding();
  Cause& cause = result.findings[0].cause;
  cause.through.clear();
  cause.part = Cause::Part::permissions;
  CHECK_THAT(text(result),
             Catch::Contains("who       domain 3 \"web\" could have set the "
                             "permissions of /local/domain/3/device/vif/0/backend\n"));
  cause.part = Cause::Part::presence;
  cause.domains = DomainSet::of({3, 7, 9});
  cause.named = {Guest{3, "web", ""}, Guest{7, "", "77777777-0000-0000-0000-000000000007"}};
  CHECK_THAT(text(result),
             Catch::Contains("who       domains 3 \"web\", 7 "
                             "(77777777-0000-0000-0000-000000000007) and 1 more could "
                             "have removed /local/domain/3/device/vif/0/backend\n"));
  cause.path.clear();
  CHECK_THAT(text(result),
             Catch::Contains("who       not known: more than one node may be wrong\n"));
}

TEST_CASE("a suspect that is not the guest heads the finding, and the guest is its victim") {
  AuditResult result = result_with_finding();
  result.findings[0].suspect = Guest{7, "net", ""};
  result.findings[0].victim = result.findings[0].guest;
  const std::string report = text(result);
  CHECK_THAT(report, Catch::Contains("\ndomain 7 \"net\"\n  HIGH"));
  CHECK_THAT(report, Catch::Contains("suspect   domain 7 \"net\", which the toolstack's record "
                                     "contradicts\n      victim    domain 3 \"web\", vif/0\n"));
}

TEST_CASE("findings come the worst first over all sources, those of one subject together") {
  AuditResult result = result_with_finding();
  result.sources.push_back(result.sources[0]);
  result.sources[1].info.name = "other.txt";
  const Finding high = result.findings[0];
  Finding low = high;
  low.severity = Severity::low;
  Finding host = high;
  host.guest.reset();
  host.device.clear();
  Finding worst = high;
  worst.source = 1;
  worst.severity = Severity::critical;
  result.findings = {high, host, low, worst};

  const std::string report = text(result);
  const std::size_t places[] = {report.find("\nother.txt: domain 3 \"web\", vif/0  (UUID "),
                                report.find("\n  CRITICAL"),
                                report.find("\nhost.txt: domain 3 \"web\", vif/0  (UUID "),
                                report.find("\n  HIGH"),
                                report.find("\nhost.txt: the host\n  HIGH"),
                                report.find("\n  LOW")};
  for (const std::size_t place : places) REQUIRE(place != std::string::npos);
  CHECK(std::is_sorted(std::begin(places), std::end(places)));
  CHECK_THAT(report, Catch::StartsWith(
                         "host.txt: findings: 2 high and 1 low by 1 rule over 12 nodes; "
                         "xenstore-ls -fp, domains 0, 1 and 3 alive (as given)\n"
                         "other.txt: findings: 1 critical by 1 rule over 12 nodes; "
                         "xenstore-ls -fp, domains 0, 1 and 3 alive (as given)\n"
                         "findings: 1 critical, 2 high and 1 low by 1 rule over 24 nodes of 2 "
                         "sources\n\n"));
}

TEST_CASE("--quiet leaves out the clean sources, and only those") {
  AuditResult result = result_with_finding();
  result.sources.push_back(result.sources[0]);
  result.sources[1].info.name = "clean.txt";
  result.sources.push_back(result.sources[0]);
  result.sources[2].info.name = "part.txt";
  result.sources[2].incomplete = {"it covers only /vm"};
  Finding info = result.findings[0];
  info.source = 1;
  info.severity = Severity::info;
  result.findings.push_back(info);
  for (const char* const format : {"text", "markdown"}) {
    INFO(format);
    const std::string report = find_report_format(format)->write(result, {.quiet = true});
    CHECK(report.find("clean.txt") == std::string::npos);
    CHECK(report.find("host.txt") != std::string::npos);
    CHECK(report.find("it covers only /vm") != std::string::npos);
    CHECK(find_report_format(format)->write(result, {}).find("clean.txt") != std::string::npos);
  }
}

TEST_CASE("an empty source is one line, which says that nothing was read") {
  AuditResult result = clean_result();
  result.sources[0].nodes = 0;
  result.sources[0].incomplete = {"it holds no node at all"};
  result.not_evaluated.push_back({0, 0, "/", "/: its permissions are not known", true, 1});
  result.verdict = Verdict::incomplete;
  CHECK(text(result) == "host.txt: incomplete: nothing was read: it holds no node at all\n");
}

TEST_CASE("several sources are told apart, and one that failed is not passed over") {
  AuditResult result = clean_result();
  result.sources.push_back(result.sources[0]);
  result.sources[1] = SourceSummary();
  result.sources[1].info.name = "broken.txt";
  result.sources[1].error = "broken.txt:3: not a listing";
  result.sources[1].incomplete = {"it could not be read"};
  result.verdict = Verdict::incomplete;
  CHECK(text(result) ==
        "host.txt: clean: nothing found by 1 rule over 12 nodes; xenstore-ls -fp, domains 0, 1 and "
        "3 alive (as given)\n"
        "broken.txt: not audited: broken.txt:3: not a listing\n"
        "incomplete: nothing found by 1 rule over 12 nodes of 2 sources; the audit is "
        "incomplete\n");
}

TEST_CASE("what was not evaluated is counted, and listed with its reason if that is asked for") {
  AuditResult result = clean_result();
  result.not_evaluated.push_back({0, 0, "/", "/: its permissions are not known", true, 1});
  result.not_evaluated.push_back({0, 0, "/a", "/a: it was truncated by the recording", false, 4});
  result.sources[0].incomplete = {"1 rule could not be decided everywhere", "another reason"};
  result.verdict = Verdict::incomplete;
  const std::string line =
      "host.txt: incomplete: nothing found by 1 rule over 12 nodes; xenstore-ls -fp, domains 0, 1 "
      "and 3 alive (as given); incomplete: 1 rule could not be decided everywhere; another "
      "reason\n\n";
  CHECK(text(result) == line + "not evaluated: 1 of 1 rule in some places; --verbose lists them\n");
  CHECK(verbose(result) ==
        line.substr(0, line.size() - 1) +
            "host.txt: audited 1970-01-01T00:00:00Z\n"
            "\n"
            "not evaluated\n"
            "  frontend-link-forged: /: its permissions are not known\n"
            "  frontend-link-forged: /a: it was truncated by the recording, and 3 more places\n"
            "\n"
            "incomplete\n"
            "  1 rule could not be decided everywhere\n"
            "  another reason\n");
}

TEST_CASE("a rule that fired is not listed as not evaluated without the place") {
  AuditResult result = result_with_finding();
  result.not_evaluated.push_back({0, 0, "/a", "/a: it was truncated by the recording", false, 4});
  CHECK_THAT(verbose(result), Catch::Contains("  frontend-link-forged at /a (it fired elsewhere): "
                                              "/a: it was truncated by the recording"));
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
  CHECK_THAT(verbose(result),
             Catch::Contains("not evaluated\n"
                             "  /: its permissions are not known\n"
                             "      frontend-link-forged, a-rule-of-some-length-1, "
                             "a-rule-of-some-length-2,\n"
                             "      a-rule-of-some-length-3, a-rule-of-some-length-4, "
                             "a-rule-of-some-length-5,\n"
                             "      a-rule-of-some-length-6\n"
                             "  frontend-link-forged: /a: it was truncated by the recording\n"));
}

TEST_CASE("findings below the threshold are shown, and said to be below") {
  AuditResult result = result_with_finding();
  result.fail_on = Severity::critical;
  result.verdict = Verdict::clean;
  CHECK_THAT(text(result), Catch::StartsWith("host.txt: clean: 1 high by 1 rule over 12 nodes, "
                                             "nothing of severity critical or above; "));
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

TEST_CASE("annotations of GitHub name the line, and leave out info and remedies") {
  AuditResult result = result_with_finding();
  result.findings[0].evidence[0].line = 17;
  Finding info = result.findings[0];
  info.severity = Severity::info;
  result.findings.push_back(info);
  const std::string report = find_report_format("github")->write(result, {});
  CHECK_THAT(report, Catch::StartsWith("::error file=host.txt,line=17,title="));
  CHECK(report.find("\n::") == std::string::npos);
  CHECK(report.find("Restart the guest") == std::string::npos);
}

TEST_CASE("SARIF and text have the line of each node") {
  AuditResult result = result_with_finding();
  result.findings[0].evidence[1].line = 42;
  CHECK_THAT(find_report_format("sarif")->write(result, {}),
             Catch::Contains("\"region\": {\n") && Catch::Contains("\"startLine\": 42"));
  CHECK_THAT(text(result), Catch::Contains("(n0)  line 42\n"));
}

TEST_CASE(
    "JUnit tells apart what failed, fired below the threshold, was not evaluated, and passed") {
  AuditResult result = result_with_finding();
  for (const char* const id : {"below", "nowhere", "in-places", "passed"}) {
    result.rules.push_back(result.rules[0]);
    result.rules.back().id = id;
  }
  Finding below = result.findings[0];
  below.rule = 1;
  below.severity = Severity::info;
  result.findings.push_back(below);
  result.not_evaluated.push_back({2, 0, "/", "/: no permissions", true, 1, true});
  result.not_evaluated.push_back({3, 0, "/", "/: no permissions", true, 1, false});
  const std::string report = find_report_format("junit")->write(result, {});
  const auto of_case = [&](const std::string& id) {
    const std::size_t begin = report.find("<testcase name=\"" + id + "\"");
    REQUIRE(begin != std::string::npos);
    const std::size_t end = report.find("<testcase", begin + 1);
    return report.substr(begin, end == std::string::npos ? end : end - begin);
  };
  CHECK_THAT(of_case("frontend-link-forged"), Catch::Contains("<failure "));
  CHECK_THAT(of_case("below"),
             Catch::Contains("<skipped message=\"fired, but only below --fail-on\""));
  CHECK_THAT(of_case("nowhere"), Catch::Contains("<skipped message=\"not evaluated anywhere\""));
  CHECK_THAT(of_case("in-places"),
             Catch::Contains("<skipped message=\"not evaluated in some places"));
  CHECK(of_case("passed").find("skipped") == std::string::npos);
  CHECK_THAT(report, Catch::Contains(" skipped=\"3\""));
}
