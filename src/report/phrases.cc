#include "report/phrases.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/escape.h"
#include "base/wording.h"
#include "report/triage_text.h"

namespace xsaudit {

namespace {

// "2 high and 1 low"
std::string counts_text(const AuditResult& result) {
  const auto counts = result.counts();
  std::vector<std::string> parts;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    parts.push_back(std::to_string(counts[i]) + " " + to_text(static_cast<Severity>(i)));
  }
  return joined(parts);
}

std::string alive_phrase(const Liveness& liveness) {
  const std::string domains = DomainSet::of(liveness.alive).text() + " alive";
  switch (liveness.basis) {
    case Liveness::Basis::introduced: return domains + " (reported by the daemon)";
    case Liveness::Basis::given: return domains + " (as given)";
    case Liveness::Basis::inferred: break;
  }
  return domains + " (inferred from the store)";
}

}  // namespace

std::string in_quotes(std::string_view bytes) {
  std::string out = "\"";
  for (const char c : escape_shortened(bytes)) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string verdict_phrase(const AuditResult& result) {
  const bool incomplete =
      std::any_of(result.sources.begin(), result.sources.end(),
                  [](const SourceSummary& entry) { return !entry.incomplete.empty(); });
  std::uint64_t nodes = 0;
  for (const SourceSummary& entry : result.sources) nodes += entry.nodes;

  std::string text = result.findings.empty() ? "nothing found" : counts_text(result);
  text += " by " + plural(result.rules.size(), "rule", "rules") + " over " +
          plural(nodes, "node", "nodes");
  if (result.sources.size() != 1) {
    text += " of " + plural(result.sources.size(), "source", "sources");
  }
  if (result.verdict != Verdict::findings && !result.findings.empty()) {
    text += std::string(", nothing of severity ") + to_text(result.fail_on) + " or above";
  }
  text += triage_counts(result);
  if (incomplete) text += "; the audit is incomplete";
  return text;
}

std::string source_phrase(const SourceSummary& source) {
  return source.info.kind + ", " + plural(source.nodes, "node", "nodes") + ", " +
         alive_phrase(source.liveness);
}

std::string guest_phrase(const std::optional<Guest>& guest) {
  if (!guest) return "the host";
  const std::string domain = "domain " + std::to_string(guest->domid);
  return guest->name.empty() ? domain : domain + " " + in_quotes(guest->name);
}

std::string subject_phrase(const Finding& finding) {
  const std::string subject = guest_phrase(finding.guest);
  return finding.device.empty() ? subject : subject + ", " + escape(finding.device);
}

std::string evidence_phrase(const Evidence& evidence) {
  std::string line = escape(evidence.path);
  if (evidence.presence == Presence::absent) return line + " is not there";
  if (evidence.presence == Presence::unknown) {
    return line + " may or may not be there: " + to_text(evidence.presence_unknown);
  }
  if (evidence.value_unknown == UnknownReason::known) {
    line += " = " + in_quotes(evidence.value);
  } else {
    const bool secret = evidence.value_unknown == UnknownReason::secret;
    line += std::string(secret ? " (value not shown: " : " (value unknown: ") +
            to_text(evidence.value_unknown) + ")";
  }
  if (evidence.permissions) return line + "  (" + to_text(*evidence.permissions) + ")";
  // A format without permissions is mentioned once, in the verdict.
  if (evidence.permissions_unknown == UnknownReason::not_in_form) return line;
  return line + " (permissions unknown: " + to_text(evidence.permissions_unknown) + ")";
}

std::vector<std::string> suspect_phrases(const Finding& finding) {
  std::vector<std::string> lines;
  bool all_known = true;
  for (const Evidence& evidence : finding.evidence) {
    if (evidence.presence != Presence::present) continue;
    if (!evidence.controllers) {
      all_known = false;
    } else if (!evidence.controllers->empty()) {
      std::string line = evidence.controllers->text() + " can decide " + escape(evidence.path);
      if (!evidence.through.empty() && evidence.through != evidence.path) {
        line += ", through " + escape(evidence.through);
      }
      lines.push_back(std::move(line));
    }
  }
  if (!all_known) lines.emplace_back("unknown: permissions are missing");
  if (lines.empty()) lines.emplace_back("privileged domains only");
  return lines;
}

std::vector<std::string> place_phrases(const Finding& finding) {
  std::vector<std::string> lines;
  if (finding.count <= 1) return lines;
  for (const std::string& path : finding.samples) lines.push_back(escape(path));
  const std::uint64_t shown = 1 + lines.size();  // the finding's own path is shown already
  if (finding.count > shown)
    lines.push_back("and " + std::to_string(finding.count - shown) + " more");
  return lines;
}

std::vector<UndecidedGroup> undecided_groups(const AuditResult& result, std::size_t source) {
  std::vector<UndecidedGroup> groups;
  std::map<std::string, std::size_t> places;
  for (const UndecidedRule& entry : result.not_evaluated) {
    if (entry.source != source) continue;
    std::string reason = entry.reason;
    if (entry.count > 1) {
      reason += ", and " + plural(entry.count - 1, "more place", "more places");
    }
    const auto [place, added] = places.try_emplace(reason, groups.size());
    if (added) groups.push_back({std::move(reason), {}});
    groups[place->second].rules.push_back(result.rules[entry.rule].id);
  }
  return groups;
}

std::string TextStyle::sgr(std::string_view code, std::string_view text) const {
  if (!colour_) return std::string(text);
  std::string out = "\x1b[";
  out.append(code).append("m").append(text).append("\x1b[0m");
  return out;
}

std::string TextStyle::severity(Severity severity, std::string_view text) const {
  switch (severity) {
    case Severity::info: return sgr("2", text);
    case Severity::low: return sgr("36", text);
    case Severity::medium: return sgr("33", text);
    case Severity::high: return sgr("31", text);
    case Severity::critical: return sgr("1;31", text);
  }
  return std::string(text);
}

std::string TextStyle::verdict(Verdict verdict, std::string_view text) const {
  switch (verdict) {
    case Verdict::clean: return sgr("32", text);
    case Verdict::findings: return sgr("1;31", text);
    case Verdict::incomplete: return sgr("33", text);
  }
  return std::string(text);
}

}  // namespace xsaudit
