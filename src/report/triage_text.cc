#include "report/triage_text.h"

#include "base/escape.h"
#include "base/wording.h"

namespace xsaudit {
namespace {

std::string reason_of(const Suppression& suppression) {
  const std::string owner = suppression.owner.empty() ? "" : " (" + suppression.owner + ")";
  return suppression.reason + owner;
}

std::string line_on(const SuppressionUse& use) {
  const Suppression& suppression = use.suppression;
  const std::string findings = plural(use.findings, "finding", "findings");
  std::string line = suppression.place + ": " + escape(suppression.rule) + ": ";
  switch (use.state) {
    case SuppressionUse::State::used:
      line += "covers " + findings + " until " + day_text(suppression.expires);
      break;
    case SuppressionUse::State::unused: line += "covers nothing"; break;
    case SuppressionUse::State::expired:
      line += "has expired on " + day_text(suppression.expires) + "; ";
      line += use.findings == 0 ? "it would cover nothing" : findings + " would be covered";
      break;
  }
  if (!use.note.empty()) line += ": " + use.note;
  return line + (line.ends_with('?') ? " " : ". ") + "Its reason: " + reason_of(suppression);
}

}  // namespace

std::string triage_counts(std::uint64_t suppressed, std::uint64_t known) {
  std::vector<std::string> parts;
  if (suppressed > 0) parts.push_back(plural(suppressed, "finding", "findings") + " suppressed");
  if (known > 0) parts.push_back(plural(known, "finding", "findings") + " known");
  return parts.empty() ? "" : "; " + joined(parts);
}

std::string why_not_counted(const Finding& finding, const AuditResult& result) {
  if (finding.suppression) {
    const Suppression& suppression = result.suppressions[*finding.suppression].suppression;
    return "suppressed until " + day_text(suppression.expires) + ", " + suppression.place + ": " +
           reason_of(suppression);
  }
  if (!finding.known_as.empty())
    return "changed since the baseline, which has it " + finding.known_as;
  return {};
}

std::vector<std::string> suppression_lines(const AuditResult& result, bool all) {
  std::vector<std::string> lines;
  for (const SuppressionUse& use : result.suppressions) {
    const bool as_wished = use.state == SuppressionUse::State::used && use.note.empty();
    if (all || !as_wished) lines.push_back(line_on(use));
  }
  return lines;
}

std::vector<std::string> gone_lines(const AuditResult& result) {
  std::vector<std::string> lines;
  if (!result.baseline) return lines;
  for (const GoneFinding& gone : result.baseline->gone) {
    std::string line = gone.finding.path + ": " + gone.finding.rule + ": ";
    switch (gone.why) {
      case GoneFinding::Why::fixed: line += "gone"; break;
      case GoneFinding::Why::guest_not_there: line += "gone, together with its guest"; break;
      case GoneFinding::Why::not_judged: line += "not found, but the audit is incomplete"; break;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace xsaudit
