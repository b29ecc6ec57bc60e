#include "audit/baseline.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "audit/result.h"
#include "base/escape.h"
#include "base/wording.h"

namespace xsaudit {
namespace {

KnownFinding known_from(const Finding& finding, const AuditResult& result) {
  return {
      result.rules[finding.rule].id,
      finding.guest ? finding.guest->uuid : "",
      escape(finding.device),
      finding.stable_path,
      finding.severity,
      finding.count,
      finding.fingerprint,
      {finding.state},
      finding.others,
      finding.others_hash.empty() ? std::vector<std::string>() : std::vector{finding.others_hash}};
}

// Adds the missing items. Both lists are sorted.
void merge(const std::vector<std::string>& more, std::vector<std::string>& into) {
  std::vector<std::string> all;
  std::set_union(more.begin(), more.end(), into.begin(), into.end(), std::back_inserter(all));
  into = std::move(all);
}

bool has(const std::vector<std::string>& sorted, const std::string& text) {
  return std::binary_search(sorted.begin(), sorted.end(), text);
}

// Whether every node except the first was known in its present state.
bool knows_others(const KnownFinding& known, const Finding& finding) {
  if (!finding.others_hash.empty()) return has(known.others_hashes, finding.others_hash);
  return std::includes(known.others.begin(), known.others.end(), finding.others.begin(),
                       finding.others.end());
}

// The changes for the worse since then, or those that need a new assessment, in words; empty
// without changes.
std::string changed_from(const KnownFinding& known, const Finding& finding) {
  std::vector<std::string> parts;
  if (finding.severity > known.severity) {
    parts.push_back(std::string("of severity ") + to_text(known.severity));
  }
  if (finding.count > known.count) {
    parts.push_back("at " + plural(known.count, "node", "nodes"));
  } else if (!knows_others(known, finding)) {
    parts.emplace_back("at other nodes, or with other values or permissions there");
  }
  if (!has(known.states, finding.state)) parts.emplace_back("in another state");
  return joined(parts);
}

// A guest whose identity is not reliable counts as absent.
bool names_guest(const AuditResult& result, const std::string& uuid) {
  for (const SourceSummary& source : result.sources) {
    for (const Guest& guest : source.guests) {
      if (guest.uuid_sure && guest.uuid == uuid) return true;
    }
  }
  return false;
}

GoneFinding::Why why_gone(const KnownFinding& known, const AuditResult& result) {
  const auto rule = std::find_if(result.rules.begin(), result.rules.end(),
                                 [&](const RuleSummary& one) { return one.id == known.rule; });
  if (rule == result.rules.end()) return GoneFinding::Why::not_judged;
  for (const SourceSummary& source : result.sources) {
    if (!source.incomplete.empty()) return GoneFinding::Why::not_judged;
  }
  const bool there = known.guest.empty() || names_guest(result, known.guest);
  return there ? GoneFinding::Why::fixed : GoneFinding::Why::guest_not_there;
}

}  // namespace

const char* to_text(GoneFinding::Why why) {
  switch (why) {
    case GoneFinding::Why::fixed: return "fixed";
    case GoneFinding::Why::guest_not_there: return "guest not there";
    case GoneFinding::Why::not_judged: return "not judged";
  }
  return "unknown";
}

void apply_baseline(const Baseline& baseline, AuditResult& result) {
  std::unordered_map<std::string, std::pair<const KnownFinding*, bool>> seen;
  for (const KnownFinding& known : baseline.findings) {
    seen.emplace(known.fingerprint, std::pair(&known, false));
  }
  for (const Finding& finding : result.suppressed) {
    const auto entry = seen.find(finding.fingerprint);
    if (entry != seen.end() && finding.identified) entry->second.second = true;
  }
  std::vector<Finding> fresh;
  for (Finding& finding : result.findings) {
    const auto entry = seen.find(finding.fingerprint);
    bool is_known = false;
    if (entry != seen.end() && finding.identified) {
      entry->second.second = true;
      finding.known_as = changed_from(*entry->second.first, finding);
      is_known = finding.known_as.empty();
    }
    (is_known ? result.known : fresh).push_back(std::move(finding));
  }
  result.findings = std::move(fresh);

  result.baseline = BaselineUse{baseline.file, baseline.findings.size(), {}};
  for (const KnownFinding& known : baseline.findings) {
    if (seen.at(known.fingerprint).second) continue;
    result.baseline->gone.push_back({known, why_gone(known, result)});
  }
}

Baseline baseline_of(const AuditResult& result) {
  std::map<std::string, KnownFinding> by_fingerprint;
  const auto add = [&](KnownFinding known) {
    const auto [entry, is_new] = by_fingerprint.emplace(known.fingerprint, known);
    if (is_new) return;
    // For several recordings of one host, the worst severity counts.
    entry->second.severity = std::max(entry->second.severity, known.severity);
    entry->second.count = std::max(entry->second.count, known.count);
    merge(known.states, entry->second.states);
    merge(known.others, entry->second.others);
    merge(known.others_hashes, entry->second.others_hashes);
  };
  for (const auto* findings : {&result.findings, &result.known}) {
    for (const Finding& finding : *findings) {
      if (finding.identified) add(known_from(finding, result));
    }
  }
  if (result.baseline) {
    for (const GoneFinding& gone : result.baseline->gone) {
      if (gone.why != GoneFinding::Why::fixed) add(gone.finding);
    }
  }
  Baseline baseline;
  for (auto& [fingerprint, known] : by_fingerprint) baseline.findings.push_back(std::move(known));
  std::sort(baseline.findings.begin(), baseline.findings.end(),
            [](const KnownFinding& a, const KnownFinding& b) {
              return std::tie(a.rule, a.path, a.fingerprint) <
                     std::tie(b.rule, b.path, b.fingerprint);
            });
  return baseline;
}

std::vector<const Finding*> unnameable(const AuditResult& result) {
  std::vector<const Finding*> findings;
  for (const Finding& finding : result.findings) {
    if (!finding.identified) findings.push_back(&finding);
  }
  return findings;
}

}  // namespace xsaudit
