#include "audit/verdict.h"

#include <algorithm>
#include <set>

#include "base/escape.h"
#include "base/wording.h"

namespace xsaudit {
namespace {

bool has_error(const SourceSummary& source) { return !source.error.empty(); }
bool is_empty(const SourceSummary& source) { return source.nodes == 0; }

}  // namespace

const char* to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::clean: return "clean";
    case Verdict::findings: return "findings";
    case Verdict::incomplete: return "incomplete";
  }
  return "unknown";
}

std::array<std::uint64_t, 5> AuditResult::counts() const {
  std::array<std::uint64_t, 5> counts{};
  for (const Finding& finding : findings) ++counts[static_cast<std::size_t>(finding.severity)];
  return counts;
}

std::vector<std::string> incomplete_because(const AuditResult& result, std::size_t index) {
  const SourceSummary& source = result.sources[index];
  if (has_error(source)) return {"it could not be read"};
  // An empty store needs no other reason.
  if (is_empty(source)) return {"it holds no node at all"};

  std::vector<std::string> reasons;
  if (source.info.coverage == Coverage::subtree) {
    reasons.push_back("it covers only " + escape(source.info.covered) + " and the nodes below it");
  } else if (source.info.coverage == Coverage::excerpt) {
    reasons.emplace_back("it is an excerpt, so a missing node cannot be reported");
  }
  if (!source.info.has_permissions) {
    reasons.emplace_back("it has no permissions, so access could not be judged");
  }
  if (source.info.gap_count > 0) {
    const SnapshotInfo::Gap& first = source.info.gaps.front();
    std::string reason = first.place + ": " + first.what;
    if (source.info.gap_count > 1) {
      reason += ", and " + plural(source.info.gap_count - 1, "more gap", "more gaps");
    }
    reasons.push_back(std::move(reason));
  }
  std::set<std::size_t> undecided;
  for (const UndecidedRule& entry : result.not_evaluated) {
    if (entry.source == index && !entry.by_form) undecided.insert(entry.rule);
  }
  if (!undecided.empty()) {
    reasons.push_back(plural(undecided.size(), "rule", "rules") +
                      " could not be decided everywhere");
  }
  return reasons;
}

namespace {

Verdict verdict_without_findings(const AuditResult& result) {
  const bool complete =
      !result.sources.empty() &&
      std::all_of(result.sources.begin(), result.sources.end(),
                  [](const SourceSummary& source) { return source.incomplete.empty(); });
  return complete ? Verdict::clean : Verdict::incomplete;
}

}  // namespace

Verdict verdict_of(const AuditResult& result) {
  if (std::any_of(result.findings.begin(), result.findings.end(),
                  [&](const Finding& finding) { return result.fails(finding.severity); })) {
    return Verdict::findings;
  }
  return verdict_without_findings(result);
}

std::vector<SourceVerdict> source_verdicts(const AuditResult& result) {
  std::vector<SourceVerdict> all(result.sources.size());
  for (const Finding& finding : result.findings) {
    SourceVerdict& one = all[finding.source];
    ++one.counts[static_cast<std::size_t>(finding.severity)];
    if (result.fails(finding.severity)) one.verdict = Verdict::findings;
  }
  for (const Finding& finding : result.suppressed) ++all[finding.source].suppressed;
  for (const Finding& finding : result.known) ++all[finding.source].known;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].verdict == Verdict::clean && !result.sources[i].incomplete.empty()) {
      all[i].verdict = Verdict::incomplete;
    }
  }
  return all;
}

namespace {

int exit_status_of(const AuditResult& result, Verdict verdict, bool accept_incomplete) {
  if (std::any_of(result.sources.begin(), result.sources.end(), has_error)) return kExitNotAudited;
  switch (verdict) {
    case Verdict::clean: return kExitClean;
    case Verdict::findings: return kExitFindings;
    case Verdict::incomplete: break;
  }
  // Accepting gaps does not include accepting an empty store.
  return accept_incomplete && std::none_of(result.sources.begin(), result.sources.end(), is_empty)
             ? kExitClean
             : kExitIncomplete;
}

}  // namespace

int exit_status(const AuditResult& result, bool accept_incomplete) {
  return exit_status_of(result, result.verdict, accept_incomplete);
}

int exit_status_with_baseline(const AuditResult& result, bool accept_incomplete) {
  const bool left_out =
      std::any_of(result.findings.begin(), result.findings.end(), [&](const Finding& finding) {
        return result.fails(finding.severity) && !finding.identified;
      });
  return exit_status_of(result, left_out ? Verdict::findings : verdict_without_findings(result),
                        accept_incomplete);
}

}  // namespace xsaudit
