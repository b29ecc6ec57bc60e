#include "report/log_entries.h"

#include <algorithm>

#include "base/escape.h"
#include "report/triage_text.h"

namespace xsaudit {
namespace {

// A syslog daemon accepts datagrams up to 8 KiB (rsyslog's default), and an entry has three of
// these.
constexpr std::size_t kMaxTextBytes = 1000;

LogPriority priority_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return LogPriority::critical;
    case Severity::high: return LogPriority::error;
    case Severity::medium: return LogPriority::warning;
    case Severity::low: return LogPriority::notice;
    case Severity::info: break;
  }
  return LogPriority::info;
}

// A text of the program, or one that is already safe to print.
std::string bounded(std::string text) {
  if (text.size() <= kMaxTextBytes) return text;
  text.resize(kMaxTextBytes);
  return text + "...";
}

LogEntry entry_of(const Finding& finding, const AuditResult& result) {
  LogEntry entry;
  entry.priority = priority_of(finding.severity);
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) entry.fields.emplace_back(name, std::move(value));
  };
  add("event", "finding");
  add("rule", result.rules[finding.rule].id);
  add("severity", to_text(finding.severity));
  add("source", escape_shortened(result.sources[finding.source].info.name));
  if (finding.guest) {
    add("domain", std::to_string(finding.guest->domid));
    add("uuid", escape_shortened(finding.guest->uuid));
    add("name", escape_shortened(finding.guest->name));
  }
  if (finding.suspect) {
    add("suspect", std::to_string(finding.suspect->domid));
    add("suspect_uuid", escape_shortened(finding.suspect->uuid));
  }
  if (finding.victim) add("victim", std::to_string(finding.victim->domid));
  add("device", escape_shortened(finding.device));
  add("path", escape_shortened(finding.path, kMaxTextBytes));
  add("count", std::to_string(finding.count));
  add("fingerprint", finding.fingerprint);
  add("message", bounded(finding.message));
  return entry;
}

LogEntry entry_of(const AuditResult& result, int status) {
  LogEntry entry;
  entry.priority = status == 0 ? LogPriority::info : LogPriority::warning;
  entry.fields = {{"event", "audit"}, {"exit", std::to_string(status)}};
  const auto counts = result.counts();
  for (std::size_t i = counts.size(); i-- > 0;) {
    entry.fields.emplace_back(to_text(static_cast<Severity>(i)), std::to_string(counts[i]));
  }
  std::uint64_t nodes = 0;
  for (const SourceSummary& source : result.sources) nodes += source.nodes;
  entry.fields.emplace_back("suppressed", std::to_string(result.suppressed.size()));
  entry.fields.emplace_back("known", std::to_string(result.known.size()));
  entry.fields.emplace_back("rules", std::to_string(result.rules.size()));
  entry.fields.emplace_back("nodes", std::to_string(nodes));
  entry.fields.emplace_back("version", result.version);
  entry.fields.emplace_back("message", to_text(result.verdict));
  return entry;
}

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./:@+").find(c) != std::string_view::npos;
}

}  // namespace

std::vector<LogEntry> log_entries(const AuditResult& result, int status) {
  std::vector<LogEntry> entries;
  for (const SourceSummary& source : result.sources) {
    if (source.error.empty()) continue;
    entries.push_back({LogPriority::error,
                       {{"event", "not-audited"},
                        {"source", escape_shortened(source.info.name)},
                        {"message", bounded(source.error)}}});
  }
  for (const Finding& finding : result.findings) entries.push_back(entry_of(finding, result));
  for (const std::string& line : suppression_lines(result, false)) {
    entries.push_back(
        {LogPriority::notice, {{"event", "suppression"}, {"message", bounded(line)}}});
  }
  entries.push_back(entry_of(result, status));
  return entries;
}

std::string log_text(const LogEntry& entry) {
  std::string text;
  for (const auto& [name, value] : entry.fields) {
    text.append(text.empty() ? "" : " ").append(name).append("=");
    if (!value.empty() && std::all_of(value.begin(), value.end(), plain)) {
      text += value;
      continue;
    }
    text += '"';
    for (const char c : value) {
      const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      if (c == '"' || c == '\\') text += '\\';
      text += control ? escape({&c, 1}) : std::string(1, c);
    }
    text += '"';
  }
  return text;
}

}  // namespace xsaudit
