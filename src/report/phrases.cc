#include "report/phrases.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/wording.h"
#include "report/triage_text.h"

namespace xsaudit {

namespace {

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

std::string in_quotes(std::string_view bytes, std::size_t limit) {
  std::string out = "\"";
  for (const char c : escape_shortened(bytes, limit)) {
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

namespace {

// That what was found is below the threshold.
std::string below_phrase(const AuditResult& result, Verdict verdict, bool found) {
  if (verdict == Verdict::findings || !found) return {};
  return std::string(", nothing of severity ") + to_text(result.fail_on) + " or above";
}

}  // namespace

std::string verdict_phrase(const AuditResult& result) {
  const bool incomplete =
      std::any_of(result.sources.begin(), result.sources.end(),
                  [](const SourceSummary& entry) { return !entry.incomplete.empty(); });
  std::uint64_t nodes = 0;
  for (const SourceSummary& entry : result.sources) nodes += entry.nodes;

  std::string text = counts_phrase(result.counts());
  text += " by " + plural(result.rules.size(), "rule", "rules") + " over " +
          plural(nodes, "node", "nodes");
  if (result.sources.size() != 1) {
    text += " of " + plural(result.sources.size(), "source", "sources");
  }
  text += below_phrase(result, result.verdict, !result.findings.empty());
  text += triage_counts(result.suppressed.size(), result.known.size());
  if (incomplete) text += "; the audit is incomplete";
  return text;
}

std::string counts_phrase(const std::array<std::uint64_t, 5>& counts) {
  std::vector<std::string> parts;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    parts.push_back(std::to_string(counts[i]) + " " + to_text(static_cast<Severity>(i)));
  }
  return parts.empty() ? "nothing found" : joined(parts);
}

std::string source_verdict_phrase(const AuditResult& result, std::size_t source,
                                  const SourceVerdict& verdict) {
  const SourceSummary& summary = result.sources[source];
  if (!summary.error.empty()) return "not audited: " + summary.error;
  std::string text = std::string(to_text(verdict.verdict)) + ": ";
  if (summary.nodes == 0) return text + "nothing was read: " + summary.incomplete.front();
  text += counts_phrase(verdict.counts) + " by " + plural(result.rules.size(), "rule", "rules") +
          " over " + plural(summary.nodes, "node", "nodes");
  const bool found = std::any_of(verdict.counts.begin(), verdict.counts.end(),
                                 [](std::uint64_t count) { return count > 0; });
  text += below_phrase(result, verdict.verdict, found);
  text += triage_counts(verdict.suppressed, verdict.known);
  text += "; " + summary.info.kind + ", " + alive_phrase(summary.liveness);
  return text;
}

std::string incomplete_phrase(const SourceSummary& source) {
  std::string text;
  if (source.nodes == 0 || !source.error.empty()) return text;
  const char* between = "; incomplete: ";
  for (const std::string& reason : source.incomplete) {
    text += between + reason;
    between = "; ";
  }
  return text;
}

std::vector<const Finding*> worst_first(const std::vector<Finding>& findings) {
  std::vector<const Finding*> sorted;
  for (const Finding& finding : findings) sorted.push_back(&finding);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
  return sorted;
}

std::string undecided_phrase(const AuditResult& result) {
  std::set<std::size_t> rules;
  std::set<std::size_t> sources;
  for (const UndecidedRule& entry : result.not_evaluated) {
    if (result.sources[entry.source].nodes == 0) continue;  // that nothing was read says it all
    rules.insert(entry.rule);
    sources.insert(entry.source);
  }
  if (rules.empty()) return {};
  std::string text = std::to_string(rules.size()) + " of " +
                     plural(result.rules.size(), "rule", "rules") + " in some places";
  if (result.sources.size() > 1) text += " of " + plural(sources.size(), "source", "sources");
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
  const std::string subject = guest_phrase(heading_guest(finding));
  const bool another =
      finding.suspect && finding.guest && finding.guest->domid != finding.suspect->domid;
  return finding.device.empty() || another ? subject : subject + ", " + escape(finding.device);
}

std::string heading_phrase(const Finding& finding) {
  const auto& guest = heading_guest(finding);
  const bool has_uuid = guest && !guest->uuid.empty();
  return subject_phrase(finding) + (has_uuid ? "  (UUID " + escape(guest->uuid) + ")" : "");
}

namespace {

std::string node_phrase(const Evidence& evidence) {
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

}  // namespace

std::string evidence_phrase(const Evidence& evidence) {
  const std::string text = node_phrase(evidence);
  return evidence.line == 0 ? text : text + "  line " + std::to_string(evidence.line);
}

namespace {

// A domain in a sentence: by its name, else by its UUID.
std::string named(const Guest& guest) {
  const std::string domain = std::to_string(guest.domid);
  if (!guest.name.empty()) return domain + " " + in_quotes(guest.name);
  return guest.uuid.empty() ? domain : domain + " (" + escape(guest.uuid) + ")";
}

std::string domains_phrase(const Cause& cause) {
  if (cause.named.empty()) return cause.domains->text();
  std::vector<std::string> names;
  for (const Guest& guest : cause.named) names.push_back(named(guest));
  const std::size_t more = cause.domains->size() - cause.named.size();
  if (more > 0) names.push_back(std::to_string(more) + " more");
  return (cause.domains->size() == 1 ? "domain " : "domains ") + joined(names);
}

std::string change_phrase(const LoggedChange& change) {
  std::string text = change.time + "  " + to_text(change.operation) + "  ";
  text += escape_shortened(change.path);
  if (change.secret) {
    text += " = (a secret)";
  } else if (change.operation == LogOperation::write) {
    text += " = " + in_quotes(change.value);
  } else if (change.operation == LogOperation::set_permissions) {
    text += " (" + escape_shortened(change.value) + ")";
  }
  if (change.truncated) text += "... (truncated in the log)";
  text += "  by " + change.by;
  if (change.outcome == LogOutcome::unknown) text += ", effect unknown";
  return text + "  [" + change.place + "]";
}

}  // namespace

std::string cause_phrase(const Finding& finding) {
  const Cause& cause = finding.cause;
  if (cause.path.empty()) {
    return finding.suspect ? "the suspect" : "not known: more than one node may be wrong";
  }
  if (!cause.domains) return "unknown: permissions are missing";
  if (cause.domains->empty()) return "privileged domains only";
  std::string text = domains_phrase(cause);
  switch (cause.part) {
    case Cause::Part::value: text += " could have written "; break;
    case Cause::Part::permissions: text += " could have set the permissions of "; break;
    case Cause::Part::presence: text += " could have removed "; break;
  }
  text += escape(cause.path);
  if (!cause.through.empty() && cause.through != cause.path) {
    text += ", through " + escape(cause.through);
  }
  return text;
}

std::vector<std::string> log_phrases(const Finding& finding) {
  if (!finding.logged) return {};
  const LoggedCause& logged = *finding.logged;
  const char* prefix = "";
  switch (logged.status) {
    case LoggedCause::Status::proven: prefix = "proven: "; break;
    case LoggedCause::Status::supported: prefix = "not proven: "; break;
    case LoggedCause::Status::contradicted: break;
    case LoggedCause::Status::missing: break;
    case LoggedCause::Status::forgeable: prefix = "no proof, a guest can forge lines: "; break;
  }
  std::vector<std::string> lines = {prefix + logged.text};
  for (const LoggedChange& change : logged.changes) lines.push_back(change_phrase(change));
  return lines;
}

std::string suspect_phrase(const Finding& finding) {
  if (!finding.suspect) return {};
  if (finding.cause.path.empty()) return "domain " + named(*finding.suspect);
  return "domain " + named(*finding.suspect) + ", which the toolstack's record contradicts";
}

std::string victim_phrase(const Finding& finding) {
  if (!finding.victim) return {};
  const bool own_device = finding.guest && finding.guest->domid == finding.victim->domid;
  return "domain " + named(*finding.victim) +
         (own_device && !finding.device.empty() ? ", " + escape(finding.device) : "");
}

std::vector<std::string> who_lines(const Finding& finding) {
  std::vector<std::string> lines;
  if (finding.suspect) lines.push_back("suspect: " + suspect_phrase(finding));
  if (finding.victim) lines.push_back("victim: " + victim_phrase(finding));
  lines.push_back("who: " + cause_phrase(finding));
  for (const std::string& line : log_phrases(finding)) lines.push_back("log: " + line);
  return lines;
}

const std::optional<Guest>& heading_guest(const Finding& finding) {
  return finding.suspect ? finding.suspect : finding.guest;
}

std::uint64_t line_of(const Finding& finding) {
  return finding.evidence.empty() ? 0 : finding.evidence.front().line;
}

std::string origin_phrase(const AuditResult& result, const SourceSummary& source) {
  std::string text = "audited " + utc_text(result.time);
  if (!source.info.recorded) return text;
  return text + ", " + plural(source.info.recorded->bytes, "byte", "bytes") + ", SHA-256 " +
         source.info.recorded->sha256;
}

std::string kernel_phrase(const DeviceSummary& device) {
  constexpr std::size_t kMaxBytes = 40;  // of a name
  if (!device.kernel) return "-";
  const DeviceKernel& kernel = *device.kernel;
  if (kernel.driver.empty()) return "no driver";
  std::string text = kernel.state.empty() ? "state unknown" : escape_shortened(kernel.state);
  if (!kernel.disk.empty()) {
    text += ", disk " + escape_shortened(kernel.disk, kMaxBytes);
    if (!kernel.disk_name.empty()) {
      text += " (" + escape_shortened(kernel.disk_name, kMaxBytes) + ")";
    }
    text += kernel.writable ? " writable" : " read-only";
  }
  for (const DeviceKernel::Interface& one : kernel.interfaces) {
    text +=
        ", " + escape_shortened(one.name, kMaxBytes) +
        (one.bridge.empty() ? " in no bridge" : " in " + escape_shortened(one.bridge, kMaxBytes));
  }
  return text;
}

bool has_kernel_view(const DeviceList& list) {
  return std::any_of(list.devices.begin(), list.devices.end(),
                     [](const DeviceSummary& device) { return device.kernel.has_value(); });
}

std::vector<std::string> rule_phrases(const AuditResult& result, const DeviceSummary& device,
                                      const std::vector<const Finding*>& findings) {
  std::vector<std::string> phrases;
  for (const Finding* const finding : findings) {
    std::string phrase = result.rules[finding->rule].id;
    if (finding->suspect && finding->suspect->domid != device.domid) {
      phrase += " (suspect: domain " + std::to_string(finding->suspect->domid) + ")";
    }
    if (std::find(phrases.begin(), phrases.end(), phrase) == phrases.end()) {
      phrases.push_back(std::move(phrase));
    }
  }
  return phrases;
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
  std::set<std::size_t> fired;
  for (const auto* findings : {&result.findings, &result.suppressed, &result.known}) {
    for (const Finding& finding : *findings) {
      if (finding.source == source) fired.insert(finding.rule);
    }
  }
  for (const UndecidedRule& entry : result.not_evaluated) {
    if (entry.source != source) continue;
    std::string reason = entry.reason;
    if (entry.count > 1) {
      reason += ", and " + plural(entry.count - 1, "more place", "more places");
    }
    const auto [place, added] = places.try_emplace(reason, groups.size());
    if (added) groups.push_back({std::move(reason), {}});
    std::string rule = result.rules[entry.rule].id;
    if (fired.contains(entry.rule)) rule += " at " + escape(entry.path) + " (it fired elsewhere)";
    groups[place->second].rules.push_back(std::move(rule));
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
