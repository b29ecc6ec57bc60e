// For other programs, "xsaudit-result/1": every member is described in schema/result.schema.json.
// Members may be added, never removed or given another meaning. Values, names and paths of the
// store are arbitrary bytes, which JSON cannot contain; they are written in the reversible escaped
// form of base/escape.h. result_reader.h reads it.
#include "report/json_members.h"
#include "report/report.h"

namespace xsaudit {

std::string write_json_report(const AuditResult& result, const ReportOptions&) {
  Json json = json_head(result);
  json["sources"] = Json::array();
  for (const auto& source : result.sources) json["sources"].push_back(json_of(source));
  const auto findings = [&](const std::vector<Finding>& some) {
    Json list = Json::array();
    for (const auto& one : some) list.push_back(json_of(one, result.rules[one.rule]));
    return list;
  };
  json["findings"] = findings(result.findings);
  json["suppressed"] = findings(result.suppressed);
  json["known"] = findings(result.known);
  json["suppressions"] = Json::array();
  for (const auto& use : result.suppressions) json["suppressions"].push_back(json_of(use));
  json["notes"] = Json::array();
  for (const auto& note : result.notes) {
    json["notes"].push_back(json_of(note, result.rules[note.rule]));
  }
  json["baseline"] = result.baseline ? json_of(*result.baseline) : Json(nullptr);
  json["not_evaluated"] = Json::array();
  for (const auto& entry : result.not_evaluated) {
    json["not_evaluated"].push_back(json_of(entry, result.rules[entry.rule]));
  }
  json["rules"] = Json::array();
  for (const auto& rule : result.rules) json["rules"].push_back(json_of(rule));
  return text_of(json, 2);
}

}  // namespace xsaudit
