// For tickets and job summaries: GitHub-flavoured Markdown. Content of a store appears only in
// code, where no markup, link, mention or HTML is interpreted, between fences longer than any run
// of backticks in it.
#include <algorithm>
#include <map>

#include "base/escape.h"
#include "base/wording.h"
#include "report/finding_groups.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/triage_text.h"

namespace xsaudit {
namespace {

std::string fence(std::string_view text, std::size_t least) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(std::max(longest + 1, least), '`');
}

// One line of code. A blank inside each end is not shown (CommonMark 6.1).
std::string code(const std::string& text) {
  const std::string marks = fence(text, 1);
  return marks + " " + text + " " + marks;
}

std::string block(const std::vector<std::string>& lines, const char* language) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  const std::string marks = fence(text, 3);
  return marks + language + "\n" + text + marks + "\n";
}

// A rule's text, with all markup escaped.
std::string prose(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>()#+-.!|~&@:$^").find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

std::string item(const char* label, const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  if (lines.size() == 1) return std::string("- ") + label + ": " + code(lines.front()) + "\n";
  std::string text = std::string("- ") + label + ":\n";
  for (const std::string& line : lines) text += "  - " + code(line) + "\n";
  return text;
}

std::string finding_text(const Finding& finding, const RuleSummary& rule) {
  std::string text =
      "### " + std::string(to_text(finding.severity)) + ": " + prose(rule.title) + "\n\n";
  text += item("rule", {rule.id});
  text += item("about", {subject_phrase(finding)});
  text += item("what", {finding.message});
  text += item("who", suspect_phrases(finding));
  text += item("places", place_phrases(finding));
  std::vector<std::string> evidence;
  for (const Evidence& node : finding.evidence) evidence.push_back(evidence_phrase(node));
  text += "\nEvidence:\n\n" + block(evidence, "");
  if (!finding.fix.empty()) text += "\nTo do:\n\n" + block(lines_of(finding.fix), "sh");
  return text + "\n";
}

std::string source_text(const AuditResult& result, std::size_t index) {
  const SourceSummary& source = result.sources[index];
  std::string text = "## " + code(escape(source.info.name)) + "\n\n";
  if (!source.error.empty()) return text + "Not audited: " + code(source.error) + "\n\n";
  text += source_phrase(source) + "\n\n";
  FindingGroups groups;
  for (const Finding& finding : result.findings) {
    if (finding.source != index || !groups.admit(finding)) continue;
    text += finding_text(finding, result.rules[finding.rule]);
  }
  if (const auto rest = groups.rest(result); !rest.empty()) {
    text += "Not shown:\n\n" + item("like those above", rest) + "\n";
  }
  const auto undecided = undecided_groups(result, index);
  if (!undecided.empty()) text += "Not evaluated:\n\n";
  for (const UndecidedGroup& group : undecided) {
    text += "- " + code(group.reason) + ": " + joined(group.rules) + "\n";
  }
  if (!undecided.empty()) text += "\n";
  if (!source.incomplete.empty()) text += "Incomplete:\n\n" + item("why", source.incomplete) + "\n";
  return text;
}

}  // namespace

std::string write_markdown_report(const AuditResult& result, const ReportOptions&) {
  std::string text = "# xsaudit: " + std::string(to_text(result.verdict)) + "\n\n" +
                     verdict_phrase(result) + "\n\n";
  for (std::size_t i = 0; i < result.sources.size(); ++i) text += source_text(result, i);
  text += item("suppressions", suppression_lines(result, true));
  text += item("gone since the baseline", gone_lines(result));
  return text;
}

}  // namespace xsaudit
