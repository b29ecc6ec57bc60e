// For people at a terminal: a line for each source, then the findings of all of them, the worst
// first. Every value goes through escape(), so that what comes out is printable ASCII and no line
// is a guest's.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/escape.h"
#include "base/wording.h"
#include "report/finding_groups.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/triage_text.h"

namespace xsaudit {
namespace {

class TextReport {
 public:
  TextReport(const AuditResult& result, const ReportOptions& options)
      : result_(result),
        options_(options),
        style_(options.colour),
        verdicts_(source_verdicts(result)) {}

  std::string write() {
    for (std::size_t i = 0; i < result_.sources.size(); ++i) source(i);
    if (result_.sources.size() > 1) verdict();
    if (options_.verbose) {
      for (const SourceSummary& source : result_.sources) {
        line(escape(source.info.name) + ": " + origin_phrase(result_, source));
      }
    }
    line("");
    findings(result_.findings, "");
    if (options_.show_suppressed) {
      findings(result_.suppressed, ", suppressed");
      findings(result_.known, ", known");
    }
    notes();
    section("suppressions", suppression_lines(result_, options_.show_suppressed));
    section("baseline", gone_lines(result_));
    undecided();
    while (out_.ends_with("\n\n")) out_.pop_back();
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

  void optional_field(const char* label, std::string text) {
    if (!text.empty()) field(label, {std::move(text)});
  }

  // Whether nothing at all is said of the source.
  bool silent(std::size_t index) const {
    return options_.quiet && verdicts_[index].verdict == Verdict::clean;
  }

  std::string name(std::size_t source) const { return escape(result_.sources[source].info.name); }

  void source(std::size_t index) {
    if (silent(index)) return;
    const std::string phrase = source_verdict_phrase(result_, index, verdicts_[index]);
    const std::string word = phrase.substr(0, phrase.find(':'));
    line(style_.bold(name(index)) + ": " + style_.verdict(verdicts_[index].verdict, word) +
         phrase.substr(word.size()) + incomplete_phrase(result_.sources[index]));
  }

  void section(const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    line(style_.bold(title));
    for (const std::string& text : lines) line("  " + text);
    line("");
  }

  // Over all sources the worst first; those about one subject stand together where they are equally
  // severe.
  void findings(const std::vector<Finding>& all, const char* why) {
    std::string heading;
    FindingGroups alike;
    for (const Finding* const finding : worst_first(all)) {
      // The line of an empty source says everything about it.
      if (result_.sources[finding->source].nodes == 0) continue;
      if (silent(finding->source) || !alike.admit(*finding)) continue;
      std::string own = heading_phrase(*finding) + why;
      if (result_.sources.size() > 1) own = name(finding->source) + ": " + own;
      if (own != heading) {
        if (!heading.empty()) line("");
        line(style_.bold(own));
        heading = std::move(own);
      }
      this->finding(*finding);
    }
    if (!heading.empty()) line("");
    section("not shown", alike.rest(result_));
  }

  void finding(const Finding& finding) {
    const RuleSummary& rule = result_.rules[finding.rule];
    line("  " + style_.severity(finding.severity, upper(to_text(finding.severity))) + "  " +
         style_.bold(rule.title) + "  " + style_.dim("[" + rule.id + "]"));
    field("what", {finding.message});
    optional_field("suspect", suspect_phrase(finding));
    optional_field("victim", victim_phrase(finding));
    field("who", {cause_phrase(finding)});
    field("log", log_phrases(finding));
    std::vector<std::string> evidence;
    for (const Evidence& node : finding.evidence) evidence.push_back(evidence_phrase(node));
    field("evidence", evidence);
    field("places", place_phrases(finding));
    if (std::string why = why_not_counted(finding, result_); !why.empty()) {
      field("status", {std::move(why)});
    }
    field("to do", lines_of(finding.fix));
  }

  void notes() {
    std::vector<std::string> lines;
    for (const GuestNote& note : result_.notes) {
      if (silent(note.source)) continue;
      const std::string where = result_.sources.size() > 1 ? name(note.source) + ": " : "";
      lines.push_back(where + guest_phrase(note.guest) + ": " + note.text);
    }
    section("guests", lines);
  }

  void undecided() {
    if (options_.verbose) {
      for (std::size_t i = 0; i < result_.sources.size(); ++i) {
        if (silent(i)) continue;
        const bool several = result_.sources.size() > 1;
        undecided(i, several ? "not evaluated in " + name(i) : "not evaluated");
        section((several ? "incomplete: " + name(i) : "incomplete").c_str(),
                result_.sources[i].incomplete);
      }
      return;
    }
    const std::string phrase = undecided_phrase(result_);
    if (phrase.empty()) return;
    line("not evaluated: " + phrase + "; --verbose lists them");
  }

  void undecided(std::size_t source, const std::string& title) {
    const auto groups = undecided_groups(result_, source);
    if (groups.empty()) return;
    line(style_.bold(title));
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
  std::vector<SourceVerdict> verdicts_;  // by source
  std::string out_;
};

}  // namespace

std::string write_text_report(const AuditResult& result, const ReportOptions& options) {
  return TextReport(result, options).write();
}

}  // namespace xsaudit
