#include "report/suggestions.h"

#include <set>

#include "base/escape.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

// A whole scalar in double quotes: the escapes are among those of YAML.
std::string yaml_text(std::string_view text) { return in_quotes(text, text.size()); }

// The host by which a suppression would name the source of the finding; empty if there is only one
// source and it names no host.
std::string host_of(const AuditResult& result, const Finding& finding) {
  const SnapshotInfo& info = result.sources[finding.source].info;
  if (!info.host.empty()) return info.host;
  return result.sources.size() > 1 ? info.name : std::string();
}

}  // namespace

std::string suppression_entry(const AuditResult& result, const Finding& finding, Day expires) {
  std::string text = "  # " + heading_phrase(finding) + ": " + finding.message + "\n";
  if (finding.suppression_path.empty()) {
    return text + "  # No pattern can name its path, " + escape_shortened(finding.path) + ".\n";
  }
  text += "  - rule: " + result.rules[finding.rule].id + "\n";
  if (!finding.suppression_guest.empty()) {
    text += "    guest: " + escape(finding.suppression_guest) + "\n";
  }
  text += "    path: " + yaml_text(finding.suppression_path) + "\n";
  if (const std::string host = host_of(result, finding); !host.empty()) {
    text += "    source: " + yaml_text(host) + "\n";
  }
  return text + "    reason: REPLACE THIS by the reason why it is accepted\n    expires: " +
         day_text(expires) + "\n";
}

std::string suppression_file(const AuditResult& result, const std::vector<const Finding*>& findings,
                             Day expires) {
  std::string text;
  std::set<std::string> entries;
  for (const Finding* const finding : findings) {
    const std::string entry = suppression_entry(result, *finding, expires);
    if (entries.insert(entry.substr(entry.find('\n') + 1)).second) text += entry;
  }
  return text.empty() ? "suppressions: []\n" : "suppressions:\n" + text;
}

}  // namespace xsaudit
