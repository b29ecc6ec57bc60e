#include "base/escape.h"
#include "report/diff_report.h"
#include "report/html_report.h"
#include "report/markup_writer.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

// Further differences are only counted; a browser would not open a larger page.
constexpr std::size_t kMostDifferences = 2000;

class DiffPage {
 public:
  explicit DiffPage(const StoreDiff& diff) : diff_(diff) {}

  std::string write() {
    page_.open("html", {{"lang", "en"}});
    open_page_head(page_, "xsaudit: " + diff_summary(diff_));
    page_.close();
    page_.open("body");
    page_.open("header", {{"class", diff_.same() ? "verdict clean" : "verdict findings"}});
    page_.element("h1", diff_summary(diff_));
    page_.element("p", "old: " + source(diff_.older));
    page_.element("p", "new: " + source(diff_.newer));
    for (const std::string& line : guest_lines(diff_)) page_.element("p", line);
    page_.close();
    findings("Findings only in the new store", diff_.findings_came);
    findings("Findings only in the old store", diff_.findings_gone);
    differences();
    not_compared();
    page_.close();
    page_.close();
    return std::move(page_).result();
  }

 private:
  static std::string source(const SourceSummary& source) {
    return escape_shortened(source.info.name) + ": " + source_phrase(source);
  }

  void findings(const char* title, const std::vector<FindingDifference>& all) {
    if (all.empty()) return;
    page_.element("h2", title);
    for (const FindingDifference& one : all) {
      const std::string severity = to_text(one.finding.severity);
      page_.open("article", {{"class", "finding " + severity}});
      page_.open("h4");
      page_.element("span", severity, {{"class", "severity"}});
      page_.text(one.title);
      page_.element("code", one.rule);
      page_.close();
      page_.element("p", subject_phrase(one.finding) + ": " + one.finding.message);
      page_.close();
    }
  }

  void differences() {
    std::string before;
    std::size_t shown = 0;
    for (const NodeDifference& difference : diff_.differences) {
      if (shown++ == kMostDifferences) {
        page_.element("p", std::to_string(diff_.differences.size() - kMostDifferences) +
                               " more differences are not shown.");
        return;
      }
      std::string heading = difference_heading(difference);
      if (heading != before) page_.element("h2", heading);
      before = std::move(heading);
      this->difference(difference);
    }
  }

  void difference(const NodeDifference& difference) {
    using Kind = NodeDifference::Kind;
    const char* const kind = difference.kind == Kind::came   ? "came"
                             : difference.kind == Kind::went ? "went"
                                                             : "changed";
    page_.open("article", {{"class", "finding info"}});
    page_.open("h4");
    page_.element("span", kind, {{"class", "severity"}});
    page_.element("code", difference_title(difference));
    page_.close();
    page_.open("dl");
    for (const DiffField& field : difference_fields(difference)) {
      if (!field.label.empty()) page_.element("dt", field.label);
      page_.element("dd", field.text, {{"class", "path"}});
    }
    page_.close();
    page_.close();
  }

  void not_compared() {
    if (diff_.not_compared.empty()) return;
    page_.element("h2", "Not compared");
    page_.open("ul");
    for (const std::string& reason : diff_.not_compared) page_.element("li", reason);
    page_.close();
  }

  const StoreDiff& diff_;
  MarkupWriter page_{"<!DOCTYPE html>"};
};

}  // namespace

std::string write_diff_html(const StoreDiff& diff) { return DiffPage(diff).write(); }

}  // namespace xsaudit
