// For people at a terminal: grouped by guest and device, the worst first. Every value goes through
// escape(), so that the output is printable ASCII and a guest cannot create a line.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/escape.h"
#include "report/finding_groups.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/triage_text.h"

namespace xsaudit {
namespace {

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

class TextReport {
 public:
  TextReport(const AuditResult& result, const ReportOptions& options)
      : result_(result), options_(options), style_(options.colour) {}

  std::string write() {
    for (std::size_t i = 0; i < result_.sources.size(); ++i) source(i);
    section("suppressions", suppression_lines(result_, options_.show_suppressed));
    section("baseline", gone_lines(result_));
    verdict();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_.append(text).append("\n"); }

  // A label, then one line each, aligned.
  void field(const char* label, const std::vector<std::string>& lines) {
    static constexpr std::size_t kLabelWidth = 10;
    std::string head = label;
    for (const std::string& text : lines) {
      head.resize(kLabelWidth, ' ');
      line("      " + style_.dim(head) + text);
      head.clear();
    }
  }

  void source(std::size_t index) {
    const SourceSummary& source = result_.sources[index];
    if (!source.error.empty()) {
      line(style_.bold("not audited") + ": " + source.error);
      line("");
      return;
    }
    line(style_.bold(escape(source.info.name)) + ": " + source_phrase(source));
    line("");
    findings(index, result_.findings, "");
    if (options_.show_suppressed) {
      findings(index, result_.suppressed, ", suppressed");
      findings(index, result_.known, ", known");
    }
    notes(index);
    undecided(index);
    section("incomplete", source.incomplete);
  }

  void section(const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    line(style_.bold(title));
    for (const std::string& text : lines) line("  " + text);
    line("");
  }

  // Findings come worst first; a guest's device stays together where its worst one stands.
  void findings(std::size_t source, const std::vector<Finding>& all, const char* why) {
    std::vector<std::pair<std::string, std::vector<const Finding*>>> groups;
    std::map<std::string, std::size_t> index;
    for (const Finding& finding : all) {
      if (finding.source != source) continue;
      const auto [entry, is_new] = index.emplace(subject_phrase(finding), groups.size());
      if (is_new) groups.push_back({entry->first, {}});
      groups[entry->second].second.push_back(&finding);
    }
    for (const auto& [group, members] : groups) {
      line(style_.bold(group) + why);
      FindingGroups alike;
      for (const Finding* member : members) {
        if (alike.admit(*member)) finding(*member);
      }
      for (const std::string& rest : alike.rest(result_)) line("  " + rest);
      line("");
    }
  }

  void finding(const Finding& finding) {
    const RuleSummary& rule = result_.rules[finding.rule];
    line("  " + style_.severity(finding.severity, upper(to_text(finding.severity))) + "  " +
         style_.bold(rule.title) + "  " + style_.dim("[" + rule.id + "]"));
    field("what", {finding.message});
    field("who", suspect_phrases(finding));
    std::vector<std::string> evidence;
    for (const Evidence& node : finding.evidence) evidence.push_back(evidence_phrase(node));
    field("evidence", evidence);
    field("places", place_phrases(finding));
    if (std::string why = why_not_counted(finding, result_); !why.empty()) {
      field("status", {std::move(why)});
    }
    field("to do", lines_of(finding.fix));
  }

  void notes(std::size_t source) {
    std::vector<std::string> lines;
    for (const GuestNote& note : result_.notes) {
      if (note.source == source) lines.push_back(guest_phrase(note.guest) + ": " + note.text);
    }
    section("guests", lines);
  }

  void undecided(std::size_t source) {
    const auto groups = undecided_groups(result_, source);
    if (groups.empty()) return;
    line(style_.bold("not evaluated"));
    for (const UndecidedGroup& group : groups) {
      if (group.rules.size() == 1) {
        line("  " + group.rules.front() + ": " + group.reason);
      } else {
        line("  " + group.reason);
        names(group.rules);
      }
    }
    line("");
  }

  // Printed below each other if they do not fit next to each other.
  void names(const std::vector<std::string>& names) {
    constexpr std::size_t kWidth = 100;
    std::string text;
    for (const std::string& name : names) {
      const bool last = &name == &names.back();
      if (!text.empty() && text.size() + 1 + name.size() + (last ? 0 : 1) > kWidth) {
        line(text);
        text.clear();
      }
      text += (text.empty() ? "      " : " ") + name + (last ? "" : ",");
    }
    line(text);
  }

  void verdict() {
    line(style_.verdict(result_.verdict, to_text(result_.verdict)) + ": " +
         verdict_phrase(result_));
  }

  const AuditResult& result_;
  ReportOptions options_;
  TextStyle style_;
  std::string out_;
};

}  // namespace

std::string write_text_report(const AuditResult& result, const ReportOptions& options) {
  return TextReport(result, options).write();
}

}  // namespace xsaudit
