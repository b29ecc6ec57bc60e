#include "report/monitoring.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <string>
#include <vector>

#include "base/escape.h"
#include "report/report.h"
#include "report/sample_result.h"

namespace xsaudit {
namespace {

Finding finding_of(Severity severity, const std::string& message = "it is wrong") {
  Finding finding = result_with_finding().findings.front();
  finding.severity = severity;
  finding.message = message;
  return finding;
}

AuditResult result_with(const std::vector<Severity>& severities) {
  AuditResult result = clean_result();
  for (const Severity severity : severities) result.findings.push_back(finding_of(severity));
  result.verdict = severities.empty() ? Verdict::clean : Verdict::findings;
  return result;
}

int status_of(const AuditResult& result, bool accept_incomplete = false) {
  ReportOptions options;
  options.accept_incomplete = accept_incomplete;
  const ReportFormat* const format = find_report_format("nagios");
  REQUIRE(format != nullptr);
  return format->monitoring->exit_status(result, options);
}

std::string report(const char* format, const AuditResult& result) {
  return find_report_format(format)->write(result, {});
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// Whether nothing in a text means something to Nagios, Checkmk or a shell: of backslashes there are
// only those of \xNN.
bool inert(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte >= 0x7f || std::string("|`$<>").find(text[i]) != std::string::npos) {
      return false;
    }
    if (text[i] != '\\') continue;
    if (i + 3 >= text.size() || text[i + 1] != 'x') return false;
    for (const std::size_t digit : {i + 2, i + 3}) {
      if (std::isxdigit(static_cast<unsigned char>(text[digit])) == 0) return false;
    }
  }
  return true;
}

const std::vector<std::string> kHostile = {
    every_byte(),
    "a|critical=0;;0;0",
    "a\nXSAUDIT OK - forged",
    "a\\nXSAUDIT OK - forged | b=1",
    "a\\\\nb",
    "a\\",
    "\\x0",
    "\\x7",
    "'\"`id`$(id);<b>&",
    std::string(4000, '|'),
    std::string(4000, '\n'),
    std::string(4000, '\\'),
    std::string(4000, 'x'),
    std::string(4000, '\0'),
};

// Bytes of a guest as they come in a live result (escaped where a text is made of them), and as a
// saved result, which anybody may have written, can have them.
std::vector<AuditResult> hostile_results() {
  std::vector<AuditResult> results;
  for (const std::string& bytes : kHostile) {
    for (const std::string& text : {escape(bytes), bytes}) {
      AuditResult result = hostile_result(bytes);
      result.findings[0].message = "its value is " + text;
      result.findings[0].guest->uuid = bytes;
      results.push_back(result);
      result.findings.clear();
      result.verdict = Verdict::incomplete;
      result.sources[0].incomplete = {text};
      results.push_back(result);
      result.sources[0].error = text;
      results.push_back(result);
    }
  }
  return results;
}

}  // namespace

TEST_CASE("the state of an audit") {
  using S = Severity;
  CHECK(status_of(result_with({})) == 0);
  CHECK(status_of(result_with({S::info})) == 0);
  CHECK(status_of(result_with({S::low})) == 1);
  CHECK(status_of(result_with({S::medium, S::low})) == 1);
  CHECK(status_of(result_with({S::high})) == 2);
  CHECK(status_of(result_with({S::low, S::critical})) == 2);

  SECTION("findings below --fail-on do not count") {
    AuditResult result = result_with({S::medium});
    result.fail_on = S::high;
    CHECK(status_of(result) == 0);
    result.findings.push_back(finding_of(S::high));
    CHECK(status_of(result) == 2);
  }
  SECTION("suppressed and known findings do not count") {
    AuditResult result = clean_result();
    result.suppressed.push_back(finding_of(S::critical));
    result.known.push_back(finding_of(S::critical));
    CHECK(status_of(result) == 0);
  }
  SECTION("critical before unknown, unknown before warning") {
    for (const bool unreadable : {true, false}) {
      const auto spoilt = [&](AuditResult result) {
        if (unreadable) {
          result.sources[0].error = "it is away";
          result.sources[0].nodes = 0;
        }
        result.sources[0].incomplete = {"it is cut"};
        return result;
      };
      CHECK(status_of(spoilt(result_with({}))) == 3);
      CHECK(status_of(spoilt(result_with({S::low}))) == 3);
      CHECK(status_of(spoilt(result_with({S::high}))) == 2);
      CHECK(status_of(spoilt(result_with({})), true) == (unreadable ? 3 : 0));
      CHECK(status_of(spoilt(result_with({S::low})), true) == (unreadable ? 3 : 1));
    }
  }
  SECTION("an empty store is never fine") {
    AuditResult result = clean_result();
    result.sources[0].nodes = 0;
    result.sources[0].incomplete = {"it holds no node at all"};
    CHECK(status_of(result, true) == 3);
  }
  SECTION("one of several stores is enough") {
    AuditResult result = result_with({});
    result.sources.push_back(result.sources[0]);
    result.sources[1].incomplete = {"it is cut"};
    CHECK(status_of(result) == 3);
  }
  SECTION("nothing was audited") { CHECK(status_of(AuditResult()) == 3); }
}

TEST_CASE("a text for a monitoring system") {
  CHECK(monitoring_text("a \"b\" 'c'; d", 100) == "a \"b\" 'c'; d");
  CHECK(monitoring_text("a|b", 100) == "a\\x7cb");
  CHECK(monitoring_text("two\nlines", 100) == "two lines");
  // The escapes of base/escape.h become \xNN, a backslash that begins none does, too.
  CHECK(monitoring_text("\\n\\r\\t\\\\n\\x1b", 100) == "\\x0a\\x0d\\x09\\x5cn\\x1b");
  CHECK(monitoring_text("\\x7c\\x7", 100) == "\\x7c\\x5cx7");
  CHECK(monitoring_text("C:\\dir", 100) == "C:\\x5cdir");
  CHECK(monitoring_text("\\x41\\x5cn", 100) == "A\\x5cn");
  CHECK(monitoring_text("\xc3\xa9", 100) == "\\xc3\\xa9");
  // It is cut between characters and escapes.
  CHECK(monitoring_text("abcdefgh", 8) == "abcdefgh");
  CHECK(monitoring_text("abcdefghi", 8) == "abcde...");
  CHECK(monitoring_text("abc|||||", 8) == "abc...");
  CHECK(monitoring_text("a|||||", 8) == "a\\x7c...");
  for (const std::string& bytes : kHostile) {
    for (const std::size_t limit : {10U, 11U, 12U, 13U, 400U}) {
      const std::string text = monitoring_text(bytes, limit);
      CHECK(text.size() <= limit);
      CHECK(inert(text));
    }
  }
}

TEST_CASE("the output of a plugin") {
  AuditResult result = result_with({Severity::medium, Severity::critical});
  result.suppressed.push_back(finding_of(Severity::high));
  CHECK(report("nagios", result) ==
        "XSAUDIT CRITICAL - 2 findings (1 critical, 1 medium): The frontend points at another "
        "guest's backend [frontend-link-forged] domain 3 \"web\", vif/0: it is wrong | "
        "critical=1;;0;0 "
        "high=0;;0;0 medium=1;0;;0 low=0;0;;0 suppressed=1;;;0 known=0;;;0 nodes=12;;;0\n"
        "critical: The frontend points at another guest's backend [frontend-link-forged] domain 3 "
        "\"web\", vif/0: it is wrong\n"
        "medium: The frontend points at another guest's backend [frontend-link-forged] domain 3 "
        "\"web\", vif/0: it is wrong\n");

  SECTION("thresholds are those of --fail-on") {
    result.fail_on = Severity::high;
    const std::string text = report("nagios", result);
    CHECK(text.find("1 finding (1 critical)") != std::string::npos);
    CHECK(text.find(" high=0;;0;0 medium=1;;;0 low=0;;;0 ") != std::string::npos);
    CHECK(text.find("\nmedium:") == std::string::npos);
  }
  SECTION("what is unknown comes first") {
    result.findings.clear();
    result.sources[0].incomplete = {"it is cut", "2 rules could not be decided everywhere"};
    CHECK(report("nagios", result).substr(0, 62) ==
          "XSAUDIT UNKNOWN - incomplete audit: it is cut and 2 rules coul");
    result.sources[0].error = "host.txt: it is away";
    CHECK(report("nagios", result).substr(0, 60) ==
          "XSAUDIT UNKNOWN - not audited: host.txt: it is away | critic");
  }
  SECTION("several stores are named") {
    result.sources.push_back(result.sources[0]);
    result.sources[1].info.name = "other.txt";
    result.findings[1].source = 1;
    CHECK(report("nagios", result).find("1 medium): other.txt: The front") != std::string::npos);
  }
}

TEST_CASE("no byte of a guest ends the line or begins performance data") {
  for (const AuditResult& result : hostile_results()) {
    const std::string text = report("nagios", result);
    REQUIRE(!text.empty());
    CHECK(text.back() == '\n');
    CHECK(text.size() < 4096);
    const auto lines = split(text.substr(0, text.size() - 1), '\n');
    const auto halves = split(lines[0], '|');
    CHECK(lines[0].size() <= 900);
    REQUIRE(halves.size() == 2);
    CHECK(inert(halves[0]));
    CHECK(halves[1].substr(0, 10) == " critical=");
    CHECK(std::count(halves[1].begin(), halves[1].end(), '=') == 7);
    // Only the texts of this program begin a line: one for the gap or one for the finding.
    CHECK(lines.size() == 2);
    for (std::size_t i = 1; i < lines.size(); ++i) CHECK(inert(lines[i]));
  }
  for (const std::string& bytes : kHostile) {
    const MonitoringFormat& format = *find_report_format("nagios")->monitoring;
    const std::string text = format.not_audited(bytes);
    CHECK(text.substr(0, 18) == "XSAUDIT UNKNOWN - ");
    CHECK(text.size() <= 901);
    CHECK(inert(text.substr(0, text.size() - 1)));
    CHECK(text.back() == '\n');
  }
}

TEST_CASE("guests under names that differ") {
  AuditResult result = clean_result();
  const auto add = [&](std::size_t source, Domid domid, const std::string& name,
                       const std::string& uuid, Severity severity = Severity::low) {
    Finding finding = finding_of(severity);
    finding.source = source;
    finding.guest = Guest{domid, name, uuid};
    result.findings.push_back(finding);
  };
  const auto labels = [&] {
    std::vector<std::string> all;
    for (const MonitoredGuest& one : monitored_guests(result, false)) all.push_back(one.label);
    return all;
  };
  const std::string uuid = "33333333-0000-0000-0000-000000000003";
  add(0, 3, "web", uuid);
  add(0, 3, "web", uuid, Severity::high);
  add(0, 4, "", uuid);
  add(0, 5, "", "");
  add(0, 6, "a b\"c|d\n;e,f]", "");
  CHECK(labels() == std::vector<std::string>{"web", uuid, "domain 5", "a b_c_d__e_f_"});
  CHECK(monitored_guests(result, false)[0].findings.size() == 2);
  CHECK(monitored_guests(result, false)[0].findings[0]->severity == Severity::high);

  // A guest that takes the name of another takes no service of it.
  add(0, 7, "web", "");
  add(0, 8, "web domain 3", "");
  CHECK(labels() == std::vector<std::string>{"web domain 3", uuid, "domain 5", "a b_c_d__e_f_",
                                             "web domain 7", "web domain 3 #2"});
  result.findings.clear();
  result.sources.push_back(result.sources[0]);
  result.sources[1].info.name = "other.txt";
  add(0, 3, "web", "");
  add(1, 3, "web", "");
  CHECK(labels() == std::vector<std::string>{"host.txt: web", "other.txt: web"});

  // Findings below --fail-on give no service; a list of all guests has it nevertheless.
  result.fail_on = Severity::high;
  CHECK(labels().empty());
  result.sources[0].devices.domains = {Guest{0, "Domain-0", ""}};
  CHECK(monitored_guests(result, true).size() == 1);
}

TEST_CASE("a local check of Checkmk") {
  AuditResult result = result_with({Severity::medium});
  CHECK(report("checkmk", result) ==
        "1 \"xsaudit\" critical=0|high=0|medium=1|low=0|suppressed=0|known=0|nodes=12 1 finding (1 "
        "medium): The frontend points at another guest's backend [frontend-link-forged] domain 3 "
        "\"web\", vif/0: it is wrong\\nmedium: The frontend points at another guest's backend "
        "[frontend-link-forged] domain 3 \"web\", vif/0: it is wrong\n"
        "1 \"xsaudit web\" - 1 finding (1 medium): The frontend points at another guest's backend "
        "[frontend-link-forged] domain 3 \"web\", vif/0: it is wrong\\nmedium: The frontend points "
        "at "
        "another guest's backend [frontend-link-forged] domain 3 \"web\", vif/0: it is wrong\n");
  result.findings[0].guest.reset();
  CHECK(split(report("checkmk", result), '\n').size() == 2);
  result.findings.clear();
  result.sources[0].nodes = 0;
  result.sources[0].error = "it is away";
  CHECK(report("checkmk", result) ==
        "3 \"xsaudit\" - not audited: it is away\\nnot audited: it is away\n");
  CHECK(find_report_format("checkmk")->monitoring->not_audited("a\\nb\n0 \"xsaudit\" - c") ==
        "3 \"xsaudit\" - a\\x0ab 0 \"xsaudit\" - c\n");
}

TEST_CASE("no byte of a guest begins a line of a local check or a line of its text") {
  for (const AuditResult& result : hostile_results()) {
    const std::string text = report("checkmk", result);
    const auto lines = split(text, '\n');
    CHECK(lines.size() == (result.findings.empty() ? 2 : 3));
    CHECK(lines.back().empty());
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      const auto quoted = split(lines[i], '"');
      REQUIRE(quoted.size() >= 3);
      CHECK((quoted[0] == "2 " || quoted[0] == "3 "));
      CHECK(quoted[1].substr(0, 7) == "xsaudit");
      CHECK(inert(quoted[1]));
      // After the metrics the only "\n" is the one before the list of findings or gaps.
      std::string shown =
          lines[i].substr(lines[i].find(' ', quoted[0].size() + quoted[1].size() + 3));
      const std::size_t end = shown.find("\\n");
      REQUIRE(end != std::string::npos);
      CHECK(inert(shown.substr(end + 2)));
      CHECK(inert(shown.substr(0, end)));
    }
  }
}

TEST_CASE("the number of findings does not decide the size of a plugin's output") {
  AuditResult result = clean_result();
  result.verdict = Verdict::findings;
  for (int i = 0; i < 10'000; ++i) {
    result.findings.push_back(finding_of(Severity::low, std::string(5000, 'm')));
  }
  result.findings.push_back(finding_of(Severity::critical, "the worst"));
  const std::string text = report("nagios", result);
  CHECK(text.size() < 4096);
  const auto lines = split(text, '\n');
  CHECK(lines[0].find("10001 findings (1 critical, 10000 low): ") != std::string::npos);
  CHECK(lines[1].substr(0, 10) == "critical: ");
  CHECK(lines[lines.size() - 2].find("more findings") != std::string::npos);
}

}  // namespace xsaudit
