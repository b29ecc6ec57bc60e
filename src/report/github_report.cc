// Annotations for GitHub Actions: workflow commands on standard output. A command is a line that
// begins with "::". No line begins with bytes of a store: a newline in data is written as %0A
// (actions/toolkit, packages/core/src/command.ts), and lines that are not commands contain no bytes
// of a store. Findings of severity info and remedies are left out: GitHub shows only ten
// annotations of each kind for a step, in a narrow column.
#include "base/escape.h"
#include "base/wording.h"
#include "report/phrases.h"
#include "report/report.h"

namespace xsaudit {
namespace {

std::string encoded(std::string_view text, bool property) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += property ? "%3A" : ":"; break;
      case ',': out += property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

const char* command(Severity severity) {
  switch (severity) {
    case Severity::info:
    case Severity::low: return "notice";
    case Severity::medium: return "warning";
    case Severity::high:
    case Severity::critical: break;
  }
  return "error";
}

std::string annotation(const char* command, const SourceSummary& source, const std::string& title,
                       const std::string& text, std::uint64_t line = 0) {
  const std::string at = line == 0 ? "" : ",line=" + std::to_string(line);
  return std::string("::") + command + " file=" + encoded(escape(source.info.name), true) + at +
         ",title=" + encoded(title, true) + "::" + encoded(text, false) + "\n";
}

}  // namespace

std::string write_github_report(const AuditResult& result, const ReportOptions&) {
  std::string out;
  for (const Finding& finding : result.findings) {
    if (finding.severity == Severity::info) continue;
    const RuleSummary& rule = result.rules[finding.rule];
    std::string text = subject_phrase(finding) + ": " + finding.message;
    for (const std::string& line : who_lines(finding)) text += "\n" + line;
    for (const std::string& line : place_phrases(finding)) text += "\nplace: " + line;
    out += annotation(
        command(finding.severity), result.sources[finding.source],
        std::string(to_text(finding.severity)) + ": " + rule.title + " [" + rule.id + "]", text,
        line_of(finding));
  }
  for (const SourceSummary& source : result.sources) {
    if (!source.error.empty()) {
      out += annotation("error", source, "not audited", source.error);
    } else if (!source.incomplete.empty()) {
      out += annotation("warning", source, "incomplete audit", joined(source.incomplete));
    }
  }
  return out + "xsaudit: " + to_text(result.verdict) + ": " + verdict_phrase(result) + "\n";
}

}  // namespace xsaudit
