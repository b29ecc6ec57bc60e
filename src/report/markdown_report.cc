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

std::string optional_item(const char* label, std::string text) {
  return text.empty() ? std::string() : item(label, {std::move(text)});
}

std::string finding_text(const AuditResult& result, const Finding& finding) {
  const RuleSummary& rule = result.rules[finding.rule];
  std::string text =
      "### " + std::string(to_text(finding.severity)) + ": " + prose(rule.title) + "\n\n";
  text += item("rule", {rule.id});
  if (result.sources.size() > 1) {
    text += item("source", {escape(result.sources[finding.source].info.name)});
  }
  text += item("about", {heading_phrase(finding)});
  text += item("what", {finding.message});
  text += optional_item("suspect", suspect_phrase(finding));
  text += optional_item("victim", victim_phrase(finding));
  text += item("who", {cause_phrase(finding)});
  text += item("log", log_phrases(finding));
  text += item("places", place_phrases(finding));
  std::vector<std::string> evidence;
  for (const Evidence& node : finding.evidence) evidence.push_back(evidence_phrase(node));
  text += "\nEvidence:\n\n" + block(evidence, "");
  if (!finding.fix.empty()) text += "\nTo do:\n\n" + block(lines_of(finding.fix), "sh");
  return text + "\n";
}

// A line for each source, without those that are clean if these are to be silent.
std::string sources_text(const AuditResult& result, const std::vector<SourceVerdict>& verdicts,
                         bool quiet) {
  std::string text;
  for (std::size_t i = 0; i < result.sources.size(); ++i) {
    if (quiet && verdicts[i].verdict == Verdict::clean) continue;
    text += "- " + code(escape(result.sources[i].info.name)) + ": " +
            code(source_verdict_phrase(result, i, verdicts[i])) + "; " +
            code(origin_phrase(result, result.sources[i])) + "\n";
    // One code span each: a run of backticks in one that is too long for a fence ends no other.
    if (verdicts[i].verdict == Verdict::clean) continue;
    for (const std::string& reason : result.sources[i].incomplete) {
      text += "  - incomplete: " + code(reason) + "\n";
    }
  }
  return text + "\n";
}

// What could not be judged in one source.
std::string undecided_text(const AuditResult& result, std::size_t index) {
  const SourceSummary& source = result.sources[index];
  const auto undecided = undecided_groups(result, index);
  std::string text;
  if (!undecided.empty()) text += "Not evaluated in " + code(escape(source.info.name)) + ":\n\n";
  for (const UndecidedGroup& group : undecided) {
    text += "- " + code(group.reason) + ": " + code(joined(group.rules)) + "\n";
  }
  if (!undecided.empty()) text += "\n";
  if (source.incomplete.empty()) return text;
  return text + "Incomplete: " + code(escape(source.info.name)) + "\n\n" +
         item("why", source.incomplete) + "\n";
}

}  // namespace

std::string write_markdown_report(const AuditResult& result, const ReportOptions& options) {
  const std::vector<SourceVerdict> verdicts = source_verdicts(result);
  std::string text = "# xsaudit: " + std::string(to_text(result.verdict)) + "\n\n";
  if (result.sources.size() > 1) text += verdict_phrase(result) + "\n\n";
  text += sources_text(result, verdicts, options.quiet);
  FindingGroups groups;
  for (const Finding* const finding : worst_first(result.findings)) {
    const bool silent = result.sources[finding->source].nodes == 0 ||
                        (options.quiet && verdicts[finding->source].verdict == Verdict::clean);
    if (!silent && groups.admit(*finding)) text += finding_text(result, *finding);
  }
  if (const auto rest = groups.rest(result); !rest.empty()) {
    text += "Not shown:\n\n" + item("like those above", rest) + "\n";
  }
  const std::string undecided = undecided_phrase(result);
  if (options.verbose) {
    for (std::size_t i = 0; i < result.sources.size(); ++i) text += undecided_text(result, i);
  } else if (!undecided.empty()) {
    text += "Not evaluated: " + undecided + "; `--verbose` lists them.\n\n";
  }
  text += item("suppressions", suppression_lines(result, true));
  text += item("gone since the baseline", gone_lines(result));
  return text;
}

}  // namespace xsaudit
