#include "report/json_members.h"

#include "base/calendar.h"
#include "base/escape.h"
#include "report/phrases.h"

namespace xsaudit {

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

namespace {

Json json_of(const DomainSet& domains) {
  return {{domains.everyone_else() ? "all_but" : "domains", domains.listed()}};
}

Json json_of(const DeviceNode& node) {
  return node.presence == Presence::present && node.unknown == UnknownReason::known
             ? Json(escape(node.value))
             : Json(nullptr);
}

Json json_of(const DevicePart& part, const char* other, bool has_state) {
  Json json = {{"path", null_if_empty(part.path)}, {"presence", to_text(part.presence)}};
  if (part.presence == Presence::unknown) json["presence_unknown"] = to_text(part.presence_unknown);
  const auto add = [&](const std::string& name, const DeviceNode& node) {
    json[name] = json_of(node);
    if (node.unknown != UnknownReason::known) json[name + "_unknown"] = to_text(node.unknown);
  };
  add(other, part.names);
  if (has_state) {
    add("state", part.state);
    json["state_name"] = part.state_name.empty() ? Json(nullptr) : Json(part.state_name);
  }
  return json;
}

Json json_of(const DeviceKernel& kernel) {
  Json interfaces = Json::array();
  for (const DeviceKernel::Interface& one : kernel.interfaces) {
    interfaces.push_back({{"name", escape(one.name)}, {"bridge", null_if_empty(one.bridge)}});
  }
  return {{"driver", null_if_empty(kernel.driver)},
          {"state", null_if_empty(kernel.state)},
          {"disk", null_if_empty(kernel.disk)},
          {"disk_name", null_if_empty(kernel.disk_name)},
          {"writable", kernel.writable},
          {"interfaces", std::move(interfaces)}};
}

Json json_of(const DeviceSummary& device) {
  return {{"domain", device.domid},
          {"kind", escape(device.kind)},
          {"id", escape(device.id)},
          {"backend_domain", device.backend_domid ? Json(*device.backend_domid) : Json(nullptr)},
          {"backend_kind", null_if_empty(device.backend_kind)},
          {"record", json_of(device.record, "backend", false)},
          {"frontend", json_of(device.frontend, "backend", true)},
          {"backend", json_of(device.backend, "frontend", true)},
          {"kernel", device.kernel ? json_of(*device.kernel) : Json(nullptr)}};
}

Json json_of(const Guest& guest) {
  return {{"domain", guest.domid},
          {"name", null_if_empty(guest.name)},
          {"uuid", null_if_empty(guest.uuid)}};
}

template <typename Things>
Json array_of(const Things& things) {
  Json array = Json::array();
  for (const auto& thing : things) array.push_back(json_of(thing));
  return array;
}

Json json_of(const Evidence& evidence) {
  const bool present = evidence.presence == Presence::present;
  Json json = {
      {"path", escape(evidence.path)},
      {"line", evidence.line == 0 ? Json(nullptr) : Json(evidence.line)},
      {"presence", to_text(evidence.presence)},
      {"value", present && evidence.value_unknown == UnknownReason::known
                    ? Json(escape(evidence.value))
                    : Json(nullptr)},
      {"permissions", evidence.permissions ? Json(to_text(*evidence.permissions)) : Json(nullptr)},
      {"controllers", evidence.controllers ? json_of(*evidence.controllers) : Json(nullptr)},
      {"controlled_through", null_if_empty(evidence.through)},
  };
  // The reasons why members above are null.
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

Json json_of(const Cause& cause) {
  Json named = Json::array();
  for (const Guest& guest : cause.named) named.push_back(json_of(guest));
  return {{"path", null_if_empty(cause.path)},
          {"part", to_text(cause.part)},
          {"domains", cause.domains ? json_of(*cause.domains) : Json(nullptr)},
          {"through", null_if_empty(cause.through)},
          {"named", std::move(named)}};
}

Json json_of(const std::optional<Guest>& guest) { return guest ? json_of(*guest) : Json(nullptr); }

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

Json null_if_empty(const std::string& bytes) {
  return bytes.empty() ? Json(nullptr) : Json(escape(bytes));
}

Json json_of(const SourceSummary& source) {
  Json gaps = Json::array();
  for (const SnapshotInfo::Gap& gap : source.info.gaps) {
    gaps.push_back({{"place", gap.place}, {"message", gap.what}});
  }
  const bool read = source.error.empty();
  const auto& recorded = source.info.recorded;
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
      {"sha256", recorded ? Json(recorded->sha256) : Json(nullptr)},
      {"bytes", recorded ? Json(recorded->bytes) : Json(nullptr)},
      {"time", source.info.time ? Json(*source.info.time) : Json(nullptr)},
      {"consistency", to_text(source.info.consistency)},
      {"alive",
       {{"basis", to_text(source.liveness.basis)},
        {"domains", source.liveness.alive},
        {"unsure", source.liveness.unsure},
        {"unsure_of_others", source.liveness.unsure_of_others}}},
      {"domains", array_of(source.devices.domains)},
      {"devices", array_of(source.devices.devices)},
      {"devices_left_out", source.devices.left_out},
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

Json json_of(const LoggedCause& logged) {
  Json changes = Json::array();
  for (const LoggedChange& change : logged.changes) {
    changes.push_back({{"time", change.time},
                       {"by", change.by},
                       {"domain", change.domid ? Json(*change.domid) : Json(nullptr)},
                       {"operation", to_text(change.operation)},
                       {"path", escape(change.path)},
                       {"value", change.secret ? Json(nullptr) : Json(escape(change.value))},
                       {"secret", change.secret},
                       {"truncated", change.truncated},
                       {"outcome", to_text(change.outcome)},
                       {"place", change.place}});
  }
  return {
      {"status", to_text(logged.status)}, {"text", logged.text}, {"changes", std::move(changes)}};
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
      {"line", line_of(finding) == 0 ? Json(nullptr) : Json(line_of(finding))},
      {"domain", guest ? Json(guest->domid) : Json(nullptr)},
      {"domain_name", guest ? null_if_empty(guest->name) : Json(nullptr)},
      {"domain_uuid", guest ? null_if_empty(guest->uuid) : Json(nullptr)},
      {"device", null_if_empty(finding.device)},
      {"message", finding.message},
      {"who", json_of(finding.cause)},
      {"log", finding.logged ? json_of(*finding.logged) : Json(nullptr)},
      {"suspect", json_of(finding.suspect)},
      {"victim", json_of(finding.victim)},
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
      {"host", null_if_empty(suppression.source)},
      {"reason", suppression.reason},
      {"owner", suppression.owner.empty() ? Json(nullptr) : Json(suppression.owner)},
      {"expires", day_text(suppression.expires)},
      {"state", to_text(use.state)},
      {"findings", use.findings},
      {"note", use.note.empty() ? Json(nullptr) : Json(use.note)},
  };
}

// Paths and devices in a baseline are already escaped.
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

Json json_of(const UndecidedRule& entry, const RuleSummary& rule) {
  return {{"rule", rule.id},
          {"source", entry.source},
          {"path", escape(entry.path)},
          {"reason", entry.reason},
          {"by_form", entry.by_form},
          {"count", entry.count},
          {"everywhere", entry.everywhere}};
}

Json json_of(const GuestNote& note, const RuleSummary& rule) {
  const auto& guest = note.guest;
  return {{"rule", rule.id},
          {"source", note.source},
          {"path", escape(note.path)},
          {"domain", guest ? Json(guest->domid) : Json(nullptr)},
          {"domain_name", guest ? null_if_empty(guest->name) : Json(nullptr)},
          {"domain_uuid", guest ? null_if_empty(guest->uuid) : Json(nullptr)},
          {"text", note.text}};
}

Json json_head(const AuditResult& result) {
  return {{"format", "xsaudit-result/1"},       {"version", result.version},
          {"audited", utc_text(result.time)},   {"verdict", to_text(result.verdict)},
          {"fail_on", to_text(result.fail_on)}, {"summary", summary_of(result)}};
}

std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace xsaudit
