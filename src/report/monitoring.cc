#include "report/monitoring.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/escape.h"
#include "base/wording.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

// A plugin's whole output may have 4 KiB in many installations (MAX_PLUGIN_OUTPUT_LENGTH of NRPE
// and of older versions of Nagios); the first line has up to 900 bytes of it.
constexpr std::size_t kMaxFindingBytes = 2200;
constexpr std::size_t kMaxFindingLines = 25;
constexpr std::size_t kMaxGapLines = 3;
constexpr std::size_t kMaxLineBytes = 250;

// A path of the store has up to 3,072 bytes; a device's name may be as long. The message after it
// must remain readable.
constexpr std::size_t kMaxSubjectBytes = 160;

bool hexadecimal(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// The byte that an escape at the beginning of `text` stands for, and its length; a backslash that
// begins no escape stands for itself.
std::pair<unsigned char, std::size_t> escaped_byte(std::string_view text) {
  for (const std::size_t length : {std::size_t{2}, std::size_t{4}}) {
    std::string byte;
    if (text.size() < length || (length == 4 && !(hexadecimal(text[2]) && hexadecimal(text[3]))))
      break;
    if (unescape(text.substr(0, length), byte)) {
      return {static_cast<unsigned char>(byte.front()), length};
    }
  }
  return {'\\', 1};
}

bool stays(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7f &&
         std::string_view("\\|`$<>").find(static_cast<char>(byte)) == std::string_view::npos;
}

std::string label_text(std::string_view text) {
  std::string label;
  for (const char c : text.substr(0, 36)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("._:@+/#- ").find(c) != std::string_view::npos;
    label += plain ? c : '_';
  }
  return label;
}

std::string guest_label(const Guest& guest) {
  if (!guest.name.empty()) return label_text(guest.name);
  return guest.uuid.empty() ? "domain " + std::to_string(guest.domid) : label_text(guest.uuid);
}

std::string source_prefix(const AuditResult& result, std::size_t source) {
  if (result.sources.size() == 1) return {};
  return escape_shortened(result.sources[source].info.name, 60) + ": ";
}

// Why the audit of a source is no whole one; empty for a whole one.
std::string gap_phrase(const AuditResult& result, std::size_t index) {
  const SourceSummary& source = result.sources[index];
  if (!source.error.empty()) {
    return "not audited: " + source_prefix(result, index) + source.error;
  }
  if (source.incomplete.empty()) return {};
  return "incomplete audit: " + source_prefix(result, index) + joined(source.incomplete);
}

std::string first_gap(const AuditResult& result) {
  std::string incomplete;
  for (std::size_t i = 0; i < result.sources.size(); ++i) {
    std::string phrase = gap_phrase(result, i);
    if (!result.sources[i].error.empty()) return phrase;
    if (incomplete.empty()) incomplete = std::move(phrase);
  }
  return result.sources.empty() ? "nothing was audited" : incomplete;
}

}  // namespace

const char* to_text(MonitoringState state) {
  switch (state) {
    case MonitoringState::ok: return "OK";
    case MonitoringState::warning: return "WARNING";
    case MonitoringState::critical: return "CRITICAL";
    case MonitoringState::unknown: break;
  }
  return "UNKNOWN";
}

MonitoringState state_of(Severity severity) {
  return severity >= Severity::high ? MonitoringState::critical : MonitoringState::warning;
}

std::vector<const Finding*> counted_findings(const AuditResult& result) {
  std::vector<const Finding*> counted;
  for (const Finding& finding : result.findings) {
    if (result.fails(finding.severity)) counted.push_back(&finding);
  }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
  return counted;
}

MonitoringState monitoring_state(const AuditResult& result, const ReportOptions& options) {
  const auto counted = counted_findings(result);
  const bool found = !counted.empty();
  if (found && state_of(counted.front()->severity) == MonitoringState::critical) {
    return MonitoringState::critical;
  }
  const auto judged = [&](const SourceSummary& source) {
    if (!source.error.empty() || source.nodes == 0) return false;
    return source.incomplete.empty() || options.accept_incomplete;
  };
  const bool all = std::all_of(result.sources.begin(), result.sources.end(), judged);
  if (result.sources.empty() || !all) return MonitoringState::unknown;
  return found ? MonitoringState::warning : MonitoringState::ok;
}

std::string monitoring_text(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t cut = 0;  // where "..." still has room
  while (!text.empty()) {
    auto byte = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (byte == '\\') {
      std::tie(byte, length) = escaped_byte(text);
    } else if (byte == '\n') {
      byte = ' ';  // of a text with several lines; a newline in data has been escaped
    }
    text.remove_prefix(length);
    const std::string piece =
        stays(byte) ? std::string(1, static_cast<char>(byte)) : "\\x" + hex_byte(byte);
    if (out.size() + piece.size() > limit) return out.substr(0, cut) + "...";
    out += piece;
    if (out.size() + 3 <= limit) cut = out.size();
  }
  return out;
}

std::string counts_phrase(const std::vector<const Finding*>& findings) {
  std::array<std::uint64_t, 5> counts{};
  for (const Finding* finding : findings) ++counts[static_cast<std::size_t>(finding->severity)];
  std::string list;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    list += list.empty() ? "" : ", ";
    list += std::to_string(counts[i]) + " " + to_text(static_cast<Severity>(i));
  }
  return plural(findings.size(), "finding", "findings") + " (" + list + ")";
}

std::string finding_phrase(const AuditResult& result, const Finding& finding) {
  const RuleSummary& rule = result.rules[finding.rule];
  return source_prefix(result, finding.source) + rule.title + " [" + rule.id + "] " +
         monitoring_text(subject_phrase(finding), kMaxSubjectBytes) + ": " + finding.message;
}

std::string state_phrase(const AuditResult& result, const ReportOptions& options) {
  const auto counted = counted_findings(result);
  const std::string gap = first_gap(result);
  switch (monitoring_state(result, options)) {
    case MonitoringState::ok: break;
    case MonitoringState::unknown:
      return counted.empty() ? gap : counts_phrase(counted) + "; " + gap;
    case MonitoringState::warning:
    case MonitoringState::critical:
      return counts_phrase(counted) + (gap.empty() ? ": " : ", and the audit is incomplete: ") +
             finding_phrase(result, *counted.front());
  }
  return verdict_phrase(result);
}

std::vector<MonitoredGuest> monitored_guests(const AuditResult& result, bool all) {
  std::map<std::pair<std::size_t, Domid>, MonitoredGuest> guests;
  for (const Finding* finding : counted_findings(result)) {
    if (!finding->guest) continue;
    MonitoredGuest& one = guests[{finding->source, finding->guest->domid}];
    one.guest = *finding->guest;
    one.findings.push_back(finding);
  }
  for (std::size_t i = 0; all && i < result.sources.size(); ++i) {
    for (const Guest& guest : result.sources[i].devices.domains) {
      MonitoredGuest& one = guests[{i, guest.domid}];
      if (one.findings.empty()) one.guest = guest;
    }
  }
  std::map<std::string, int> bearers;
  for (auto& [place, one] : guests) {
    one.label = label_text(source_prefix(result, place.first)) + guest_label(one.guest);
    // Zabbix drops spaces at the ends of a key's parameter.
    if (one.label.front() == ' ') one.label.front() = '_';
    if (one.label.back() == ' ') one.label.back() = '_';
    ++bearers[one.label];
  }
  std::vector<MonitoredGuest> list;
  std::set<std::string> taken;
  for (auto& [place, one] : guests) {
    if (bearers[one.label] > 1) one.label += " domain " + std::to_string(one.guest.domid);
    // Another guest may have the longer name; a source may have the same name as another.
    const std::string label = one.label;
    for (int number = 2; !taken.insert(one.label).second; ++number) {
      one.label = label + " #" + std::to_string(number);
    }
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<std::string> finding_lines(const AuditResult& result,
                                       const std::vector<const Finding*>& findings) {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (const Finding* finding : findings) {
    const std::string text =
        std::string(to_text(finding->severity)) + ": " + finding_phrase(result, *finding);
    std::string line = monitoring_text(text, kMaxLineBytes);
    bytes += line.size() + 2;
    if (lines.size() == kMaxFindingLines || bytes > kMaxFindingBytes) break;
    lines.push_back(std::move(line));
  }
  if (const std::size_t rest = findings.size() - lines.size(); rest > 0) {
    lines.push_back("and " + plural(rest, "more finding", "more findings"));
  }
  return lines;
}

std::vector<std::string> detail_lines(const AuditResult& result) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < result.sources.size() && lines.size() < kMaxGapLines; ++i) {
    const std::string gap = gap_phrase(result, i);
    if (!gap.empty()) lines.push_back(monitoring_text(gap, kMaxLineBytes));
  }
  for (std::string& line : finding_lines(result, counted_findings(result))) {
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace xsaudit
