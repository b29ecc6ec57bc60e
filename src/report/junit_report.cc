// For CI servers: JUnit XML according to the schema of Ant's task. A suite is a source, a test case
// is one rule over it: failed with findings at or above fail_on, skipped if the rule could not be
// decided; findings below fail_on are on standard output. One more test case shows whether the
// source could be read completely.
#include <cstring>
#include <map>

#include "base/calendar.h"
#include "base/escape.h"
#include "report/markup_writer.h"
#include "report/phrases.h"
#include "report/report.h"

namespace xsaudit {
namespace {

// "2026-11-21T10:15:00", in UTC: the schema allows no zone.
std::string timestamp(const SourceSummary& source) {
  std::string text = utc_text(source.info.time.value_or(0));
  // The schema wants four digits of a year.
  if (text.size() != std::strlen("1970-01-01T00:00:00Z") || text.front() == '-') {
    return "1970-01-01T00:00:00";
  }
  text.pop_back();
  return text;
}

std::string finding_text(const Finding& finding) {
  std::string text = std::string(to_text(finding.severity)) + ": " + subject_phrase(finding) +
                     ": " + finding.message + "\n";
  const auto add = [&](const char* label, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) text.append("  ").append(label).append(line).append("\n");
  };
  add("", who_lines(finding));
  for (const Evidence& evidence : finding.evidence) add("evidence: ", {evidence_phrase(evidence)});
  add("place: ", place_phrases(finding));
  add("to do: ", lines_of(finding.fix));
  return text;
}

struct TestCase {
  std::string failures;
  std::string first;  // message of the first failure
  std::string below;  // findings below fail_on
  std::size_t below_count = 0;
  std::string undecided;
  bool undecided_everywhere = false;

  // What a case says besides "passed" and "failed".
  const char* skipped() const {
    if (below_count > 0) return "fired, but only below --fail-on";
    if (undecided.empty()) return nullptr;
    return undecided_everywhere ? "not evaluated anywhere"
                                : "not evaluated in some places, and no finding in the others";
  }
};

class Suite {
 public:
  Suite(const AuditResult& result, std::size_t source)
      : result_(result), source_(result.sources[source]), name_(escape(source_.info.name)) {
    if (!read()) return;
    cases_.resize(result.rules.size());
    for (const Finding& finding : result.findings) {
      if (finding.source != source) continue;
      TestCase& test = cases_[finding.rule];
      if (!result.fails(finding.severity)) {
        test.below += finding_text(finding);
        ++test.below_count;
        continue;
      }
      if (test.failures.empty()) test.first = finding.message;
      test.failures += finding_text(finding);
    }
    for (const UndecidedRule& entry : result.not_evaluated) {
      if (entry.source != source) continue;
      cases_[entry.rule].undecided += entry.reason + "\n";
      cases_[entry.rule].undecided_everywhere = entry.everywhere;
    }
  }

  void write(MarkupWriter& xml, std::size_t id) const {
    std::size_t failures = 0;
    std::size_t skipped = 0;
    std::string output;
    for (const TestCase& test : cases_) {
      if (!test.failures.empty()) {
        ++failures;
      } else if (test.skipped() != nullptr) {
        ++skipped;
      }
      output += test.below;
    }
    const std::string host = escape(source_.info.host);
    xml.open("testsuite", {{"package", "xsaudit"},
                           {"id", std::to_string(id)},
                           {"name", name_.empty() ? "store" : name_},
                           {"timestamp", timestamp(source_)},
                           {"hostname", host.empty() ? "localhost" : host},
                           {"tests", std::to_string(cases_.size() + 1)},
                           {"failures", std::to_string(failures)},
                           {"errors", source_.incomplete.empty() ? "0" : "1"},
                           {"skipped", std::to_string(skipped)},
                           {"time", "0"}});
    xml.open("properties");
    xml.empty("property", {{"name", "version"}, {"value", result_.version}});
    xml.empty("property", {{"name", "nodes"}, {"value", std::to_string(source_.nodes)}});
    xml.close();
    write_source(xml);
    for (std::size_t rule = 0; rule < cases_.size(); ++rule) write_case(xml, rule);
    if (output.empty()) {
      xml.empty("system-out");
    } else {
      xml.element("system-out", output);
    }
    xml.empty("system-err");
    xml.close();
  }

 private:
  bool read() const { return source_.error.empty(); }

  void write_source(MarkupWriter& xml) const {
    xml.open("testcase", {{"name", "complete"}, {"classname", "xsaudit.source"}, {"time", "0"}});
    if (!read()) {
      xml.element("error", source_.error, {{"message", source_.error}, {"type", "unreadable"}});
    } else if (!source_.incomplete.empty()) {
      std::string reasons;
      for (const std::string& reason : source_.incomplete) reasons += reason + "\n";
      xml.element("error", reasons,
                  {{"message", source_.incomplete.front()}, {"type", "incomplete"}});
    }
    xml.close();
  }

  void write_case(MarkupWriter& xml, std::size_t index) const {
    const TestCase& test = cases_[index];
    const RuleSummary& rule = result_.rules[index];
    xml.open("testcase",
             {{"name", rule.id}, {"classname", "xsaudit." + rule.category}, {"time", "0"}});
    if (!test.failures.empty()) {
      xml.element("failure", test.failures,
                  {{"message", rule.title + ": " + test.first}, {"type", rule.id}});
    } else if (const char* const why = test.skipped()) {
      xml.element("skipped", test.below + test.undecided, {{"message", why}});
    }
    xml.close();
  }

  const AuditResult& result_;
  const SourceSummary& source_;
  std::string name_;
  std::vector<TestCase> cases_;  // by rule
};

}  // namespace

std::string write_junit_report(const AuditResult& result, const ReportOptions&) {
  MarkupWriter xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  xml.open("testsuites");
  for (std::size_t i = 0; i < result.sources.size(); ++i) Suite(result, i).write(xml, i);
  xml.close();
  return std::move(xml).result();
}

}  // namespace xsaudit
