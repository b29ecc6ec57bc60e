#include "report/json_report.h"

#include <nlohmann/json.hpp>

#include "store/escape.h"

namespace xsaudit {
namespace {

using Json = nlohmann::ordered_json;

const char* to_text(Presence presence) {
  switch (presence) {
    case Presence::present: return "present";
    case Presence::absent: return "absent";
    case Presence::unknown: return "unknown";
  }
  return "unknown";
}

const char* to_text(Liveness::Basis basis) {
  switch (basis) {
    case Liveness::Basis::introduced: return "introduced";
    case Liveness::Basis::given: return "given";
    case Liveness::Basis::inferred: return "inferred";
  }
  return "unknown";
}

Json null_if_empty(const std::string& bytes) {
  return bytes.empty() ? Json(nullptr) : Json(escape(bytes));
}

Json json_of(const DomainSet& domains) {
  return {{domains.everyone_else() ? "all_but" : "domains", domains.listed()}};
}

Json json_of(const SourceSummary& source) {
  Json gaps = Json::array();
  for (const SnapshotInfo::Gap& gap : source.info.gaps) {
    gaps.push_back({{"place", gap.place}, {"what", gap.what}});
  }
  const bool read = source.error.empty();
  return {
      {"name", escape(source.info.name)},
      {"kind", source.info.kind},
      {"nodes", source.nodes},
      {"coverage", read ? to_text(source.info.coverage) : "none"},
      {"covered", escape(source.info.covered)},
      {"has_permissions", read && source.info.has_permissions},
      {"complete", source.incomplete.empty()},
      {"incomplete", source.incomplete},
      {"error", read ? Json(nullptr) : Json(source.error)},
      {"gaps", std::move(gaps)},
      {"gap_count", source.info.gap_count},
      {"daemon", to_text(source.info.daemon)},
      {"host", null_if_empty(source.info.host)},
      {"time", source.info.time ? Json(*source.info.time) : Json(nullptr)},
      {"consistency", to_text(source.info.consistency)},
      {"alive",
       {{"basis", to_text(source.liveness.basis)},
        {"domains", source.liveness.alive},
        {"unsure", source.liveness.unsure},
        {"unsure_of_others", source.liveness.unsure_of_others}}},
  };
}

Json json_of(const RuleSummary& rule) {
  return {{"id", rule.id},
          {"title", rule.title},
          {"severity", to_text(rule.severity)},
          {"class", rule.category},
          {"why", rule.why},
          {"fix", rule.fix},
          {"references", rule.references}};
}

Json json_of(const Evidence& evidence) {
  const bool present = evidence.presence == Presence::present;
  Json json = {
      {"path", escape(evidence.path)},
      {"presence", to_text(evidence.presence)},
      {"value", present && evidence.value_unknown == UnknownReason::known
                    ? Json(escape(evidence.value))
                    : Json(nullptr)},
      {"permissions", evidence.permissions ? Json(to_text(*evidence.permissions)) : Json(nullptr)},
      {"controllers", evidence.controllers ? json_of(*evidence.controllers) : Json(nullptr)},
      {"controlled_through", null_if_empty(evidence.through)},
  };
  // Why a null above is one.
  if (evidence.presence == Presence::unknown) {
    json["presence_unknown"] = to_text(evidence.presence_unknown);
  }
  if (present && evidence.value_unknown != UnknownReason::known) {
    json["value_unknown"] = to_text(evidence.value_unknown);
  }
  if (present && !evidence.permissions) {
    json["permissions_unknown"] = to_text(evidence.permissions_unknown);
  }
  return json;
}

Json json_of(const Finding& finding, const RuleSummary& rule) {
  Json evidence = Json::array();
  for (const Evidence& node : finding.evidence) evidence.push_back(json_of(node));
  Json samples = Json::array();
  for (const std::string& path : finding.samples) samples.push_back(escape(path));
  const auto& guest = finding.guest;
  return {
      {"rule", rule.id},
      {"severity", to_text(finding.severity)},
      {"source", finding.source},
      {"path", escape(finding.path)},
      {"domain", guest ? Json(guest->domid) : Json(nullptr)},
      {"domain_name", guest ? null_if_empty(guest->name) : Json(nullptr)},
      {"domain_uuid", guest ? null_if_empty(guest->uuid) : Json(nullptr)},
      {"device", null_if_empty(finding.device)},
      {"message", finding.message},
      {"evidence", std::move(evidence)},
      {"count", finding.count},
      {"samples", std::move(samples)},
      {"fix", finding.fix},
      {"fingerprint", finding.fingerprint},
      {"suppression", finding.suppression ? Json(*finding.suppression) : Json(nullptr)},
      {"known_as", null_if_empty(finding.known_as)},
  };
}

Json json_of(const SuppressionUse& use) {
  const Suppression& suppression = use.suppression;
  return {
      {"place", suppression.place},
      {"rule", suppression.rule},
      {"path", null_if_empty(suppression.path)},
      {"guest", null_if_empty(suppression.guest)},
      {"reason", suppression.reason},
      {"owner", suppression.owner.empty() ? Json(nullptr) : Json(suppression.owner)},
      {"expires", day_text(suppression.expires)},
      {"state", to_text(use.state)},
      {"findings", use.findings},
      {"note", use.note.empty() ? Json(nullptr) : Json(use.note)},
  };
}

// Paths and devices of a baseline are escaped in it already.
Json json_of(const BaselineUse& baseline) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  Json gone = Json::array();
  for (const GoneFinding& one : baseline.gone) {
    const KnownFinding& known = one.finding;
    gone.push_back({{"rule", known.rule},
                    {"guest", or_null(known.guest)},
                    {"device", or_null(known.device)},
                    {"path", known.path},
                    {"severity", to_text(known.severity)},
                    {"count", known.count},
                    {"fingerprint", known.fingerprint},
                    {"why", to_text(one.why)}});
  }
  return {
      {"file", escape(baseline.file)}, {"findings", baseline.findings}, {"gone", std::move(gone)}};
}

Json json_of(const std::vector<Finding>& findings, const AuditResult& result) {
  Json json = Json::array();
  for (const Finding& finding : findings) {
    json.push_back(json_of(finding, result.rules[finding.rule]));
  }
  return json;
}

Json json_of(const UndecidedRule& entry, const RuleSummary& rule) {
  return {{"rule", rule.id},        {"source", entry.source},   {"path", escape(entry.path)},
          {"reason", entry.reason}, {"by_form", entry.by_form}, {"count", entry.count}};
}

Json json_of(const GuestLine& line, const RuleSummary& rule) {
  const auto& guest = line.guest;
  return {{"rule", rule.id},
          {"source", line.source},
          {"path", escape(line.path)},
          {"domain", guest ? Json(guest->domid) : Json(nullptr)},
          {"domain_name", guest ? null_if_empty(guest->name) : Json(nullptr)},
          {"domain_uuid", guest ? null_if_empty(guest->uuid) : Json(nullptr)},
          {"text", line.text}};
}

Json summary_of(const AuditResult& result) {
  Json json = Json::object();
  const auto counts = result.counts();
  for (std::size_t i = counts.size(); i-- > 0;) json[to_text(static_cast<Severity>(i))] = counts[i];
  json["suppressed"] = result.suppressed.size();
  json["known"] = result.known.size();
  json["rules"] = result.rules.size();
  return json;
}

}  // namespace

std::string write_json_report(const AuditResult& result, const ReportOptions&) {
  Json json = {
      {"format", "xsaudit-result/1"},
      {"version", result.version},
      {"verdict", to_text(result.verdict)},
      {"fail_on", to_text(result.fail_on)},
      {"summary", summary_of(result)},
      {"sources", Json::array()},
      {"findings", json_of(result.findings, result)},
      {"lines", Json::array()},
      {"suppressed", json_of(result.suppressed, result)},
      {"known", json_of(result.known, result)},
      {"suppressions", Json::array()},
      {"baseline", result.baseline ? json_of(*result.baseline) : Json(nullptr)},
      {"not_evaluated", Json::array()},
      {"rules", Json::array()},
  };
  for (const auto& source : result.sources) json["sources"].push_back(json_of(source));
  for (const auto& use : result.suppressions) json["suppressions"].push_back(json_of(use));
  for (const auto& line : result.lines) {
    json["lines"].push_back(json_of(line, result.rules[line.rule]));
  }
  for (const auto& entry : result.not_evaluated) {
    json["not_evaluated"].push_back(json_of(entry, result.rules[entry.rule]));
  }
  for (const auto& rule : result.rules) json["rules"].push_back(json_of(rule));
  // What a rule file says need not be UTF-8; JSON has to be.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace xsaudit
