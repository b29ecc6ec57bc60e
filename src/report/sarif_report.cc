// SARIF 2.1.0 (OASIS), for code scanning and other collectors of findings. Every result contains
// the finding's fingerprint; severities become "security-severity", by which GitHub ranks. Rules
// that were not evaluated become notifications of the run. In messages braces are doubled and
// brackets escaped, so that no value of a store becomes a placeholder or a link (3.11.5, 3.11.6).
#include "base/calendar.h"
#include "base/escape.h"
#include "report/json_members.h"
#include "report/phrases.h"
#include "report/report.h"
#include "report/triage_text.h"

namespace xsaudit {
namespace {

const char* level(Severity severity) {
  switch (severity) {
    case Severity::info:
    case Severity::low: return "note";
    case Severity::medium: return "warning";
    case Severity::high:
    case Severity::critical: break;
  }
  return "error";
}

// The middle of the range that GitHub assigns to the severity.
const char* security_severity(Severity severity) {
  switch (severity) {
    case Severity::info: return "0.0";
    case Severity::low: return "2.0";
    case Severity::medium: return "5.5";
    case Severity::high: return "8.0";
    case Severity::critical: break;
  }
  return "9.5";
}

Json message(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '{' || c == '}') out += c;
    if (c == '[' || c == ']') out += '\\';
    out += c;
  }
  return {{"text", out}};
}

// A file name as a relative reference (RFC 3986), or with a scheme where it is absolute.
std::string uri_of(std::string_view name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = name.starts_with('/') ? "file://" : "";
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri.append({'%', kHex[byte >> 4], kHex[byte & 0xf]});
    }
  }
  return uri;
}

Json rule_of(const RuleSummary& rule) {
  std::string help = rule.why + "\n\nWhat to do:\n" + rule.fix;
  if (!rule.references.empty()) help += "\n\nSee:\n";
  for (const std::string& reference : rule.references) help += reference + "\n";
  return {{"id", rule.id},
          {"shortDescription", {{"text", rule.title}}},
          {"fullDescription", {{"text", rule.why}}},
          {"help", {{"text", help}}},
          {"defaultConfiguration", {{"level", level(rule.severity)}}},
          {"properties",
           {{"security-severity", security_severity(rule.severity)},
            {"tags", Json::array({"xenstore", rule.category})}}}};
}

Json location_of(const AuditResult& result, std::size_t source, const std::string& path,
                 std::uint64_t line = 0) {
  const Json artifact = {{"uri", uri_of(result.sources[source].info.name)}, {"index", source}};
  const Json node = {{"fullyQualifiedName", escape(path)}, {"kind", "resource"}};
  Json physical = {{"artifactLocation", artifact}};
  if (line > 0) physical["region"] = {{"startLine", line}};
  return {{"physicalLocation", std::move(physical)}, {"logicalLocations", Json::array({node})}};
}

Json result_of(const AuditResult& result, const Finding& finding) {
  const RuleSummary& rule = result.rules[finding.rule];
  Json related = Json::array();
  for (const Evidence& evidence : finding.evidence) {
    Json location = location_of(result, finding.source, evidence.path, evidence.line);
    location["id"] = related.size();
    location["message"] = message(evidence_phrase(evidence));
    related.push_back(std::move(location));
  }
  std::string text = subject_phrase(finding) + ": " + finding.message;
  for (const std::string& line : who_lines(finding)) text += "\n" + line;
  if (!finding.fix.empty()) text += "\nTo do:\n" + finding.fix;
  return {{"ruleId", rule.id},
          {"ruleIndex", finding.rule},
          {"level", level(finding.severity)},
          {"message", message(text)},
          {"locations",
           Json::array({location_of(result, finding.source, finding.path, line_of(finding))})},
          {"relatedLocations", std::move(related)},
          {"fingerprints", {{"xsaudit/1", finding.fingerprint}}},
          {"partialFingerprints", {{"primaryLocationLineHash", finding.fingerprint}}},
          {"occurrenceCount", finding.count},
          {"properties",
           {{"severity", to_text(finding.severity)},
            {"security-severity", security_severity(finding.severity)},
            {"domain", finding.guest ? Json(finding.guest->domid) : Json(nullptr)},
            {"domain_uuid", finding.guest ? null_if_empty(finding.guest->uuid) : Json(nullptr)},
            {"device", null_if_empty(finding.device)},
            {"suspect", finding.suspect ? Json(finding.suspect->domid) : Json(nullptr)},
            {"victim", finding.victim ? Json(finding.victim->domid) : Json(nullptr)}}}};
}

// Counted findings, suppressed findings, findings in the baseline.
Json results_of(const AuditResult& result) {
  Json results = Json::array();
  for (const Finding& finding : result.findings) {
    Json json = result_of(result, finding);
    if (result.baseline) json["baselineState"] = finding.known_as.empty() ? "new" : "updated";
    results.push_back(std::move(json));
  }
  for (const Finding& finding : result.suppressed) {
    Json json = result_of(result, finding);
    const Json suppression = {{"kind", "external"},
                              {"justification", why_not_counted(finding, result)}};
    json["suppressions"] = Json::array({suppression});
    if (result.baseline) json["baselineState"] = "new";
    results.push_back(std::move(json));
  }
  for (const Finding& finding : result.known) {
    Json json = result_of(result, finding);
    json["baselineState"] = "unchanged";
    results.push_back(std::move(json));
  }
  return results;
}

Json invocation_of(const AuditResult& result) {
  Json notifications = Json::array();
  bool all_read = true;
  for (std::size_t i = 0; i < result.sources.size(); ++i) {
    const SourceSummary& source = result.sources[i];
    all_read = all_read && source.error.empty();
    const auto add = [&](const char* how, const std::string& text) {
      notifications.push_back({{"level", how},
                               {"message", message(text)},
                               {"locations", Json::array({location_of(result, i, "/")})}});
    };
    if (!source.error.empty()) add("error", source.error);
    for (const std::string& reason : source.incomplete) add("warning", reason);
  }
  for (const UndecidedRule& entry : result.not_evaluated) {
    notifications.push_back(
        {{"associatedRule", {{"id", result.rules[entry.rule].id}, {"index", entry.rule}}},
         {"level", entry.by_form ? "note" : "warning"},
         {"message", message("not evaluated: " + entry.reason)},
         {"locations", Json::array({location_of(result, entry.source, entry.path)})}});
  }
  return {{"executionSuccessful", all_read},
          {"endTimeUtc", utc_text(result.time)},
          {"toolExecutionNotifications", notifications}};
}

}  // namespace

std::string write_sarif_report(const AuditResult& result, const ReportOptions&) {
  Json rules = Json::array();
  for (const RuleSummary& rule : result.rules) rules.push_back(rule_of(rule));
  Json artifacts = Json::array();
  for (const SourceSummary& source : result.sources) {
    Json artifact = {{"location", {{"uri", uri_of(source.info.name)}}}};
    if (const auto& recorded = source.info.recorded) {
      artifact["length"] = recorded->bytes;
      artifact["hashes"] = {{"sha-256", recorded->sha256}};
    }
    artifacts.push_back(std::move(artifact));
  }
  const Json driver = {
      {"name", "xsaudit"}, {"semanticVersion", result.version}, {"rules", std::move(rules)}};
  const Json run = {{"tool", {{"driver", driver}}},
                    {"invocations", Json::array({invocation_of(result)})},
                    {"artifacts", std::move(artifacts)},
                    {"results", results_of(result)},
                    {"columnKind", "utf16CodeUnits"}};
  return text_of({{"$schema",
                   "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                   "sarif-schema-2.1.0.json"},
                  {"version", "2.1.0"},
                  {"runs", Json::array({run})}},
                 2);
}

}  // namespace xsaudit
