#include "report/result_reader.h"

#include <map>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/json_reader.h"
#include "report/json_members.h"

namespace xsaudit {
namespace {

constexpr Domid kMaxDomid = 65535;

template <typename Enum>
Enum word(const JsonCursor& json) {
  return json.one_of<Enum>([](Enum value) { return to_text(value); });
}

Severity severity(const JsonCursor& json) {
  const auto parsed = parse_severity(json.text());
  if (!parsed) json.fail("not a severity");
  return parsed.value_or(Severity::info);
}

// The reason why a member is null or unknown, if the file contains it.
UnknownReason reason(const JsonCursor& json, const std::string& key) {
  return json.has(key.c_str()) ? word<UnknownReason>(json[key.c_str()]) : UnknownReason::known;
}

Domid domid(const JsonCursor& json) { return static_cast<Domid>(json.number(0, kMaxDomid)); }

std::vector<Domid> domids(const JsonCursor& json) {
  std::vector<Domid> domids;
  for (const JsonCursor& item : json.items()) domids.push_back(domid(item));
  return domids;
}

std::vector<std::string> texts(const JsonCursor& json) {
  std::vector<std::string> texts;
  for (const JsonCursor& item : json.items()) texts.push_back(item.text());
  return texts;
}

std::optional<DomainSet> domain_set(const JsonCursor& json) {
  if (json.is_null()) return std::nullopt;
  if (json.has("all_but")) return DomainSet::all_but(domids(json["all_but"]));
  return DomainSet::of(domids(json["domains"]));
}

DeviceNode device_node(const JsonCursor& part, const std::string& key) {
  const JsonCursor value = part[key.c_str()];
  DeviceNode node;
  node.unknown = reason(part, key + "_unknown");
  if (!value.is_null()) {
    node.presence = Presence::present;
    node.value = value.bytes();
  } else if (node.unknown != UnknownReason::known) {
    node.presence = Presence::unknown;
  }
  return node;
}

DevicePart device_part(const JsonCursor& json, const char* other, bool has_state) {
  DevicePart part;
  part.path = json["path"].bytes_or_empty();
  part.presence = word<Presence>(json["presence"]);
  part.presence_unknown = reason(json, "presence_unknown");
  part.names = device_node(json, other);
  if (has_state) {
    part.state = device_node(json, "state");
    if (!json["state_name"].is_null()) part.state_name = json["state_name"].text();
  }
  return part;
}

DeviceKernel device_kernel(const JsonCursor& json) {
  DeviceKernel kernel;
  kernel.driver = json["driver"].bytes_or_empty();
  kernel.state = json["state"].bytes_or_empty();
  kernel.disk = json["disk"].bytes_or_empty();
  kernel.disk_name = json["disk_name"].bytes_or_empty();
  kernel.writable = json["writable"].boolean();
  for (const JsonCursor& one : json["interfaces"].items()) {
    kernel.interfaces.push_back({one["name"].bytes(), one["bridge"].bytes_or_empty()});
  }
  return kernel;
}

DeviceSummary device(const JsonCursor& json) {
  DeviceSummary device;
  device.domid = domid(json["domain"]);
  device.kind = json["kind"].bytes();
  device.id = json["id"].bytes();
  if (!json["backend_domain"].is_null()) device.backend_domid = domid(json["backend_domain"]);
  device.backend_kind = json["backend_kind"].bytes_or_empty();
  device.record = device_part(json["record"], "backend", false);
  device.frontend = device_part(json["frontend"], "backend", true);
  device.backend = device_part(json["backend"], "frontend", true);
  if (!json["kernel"].is_null()) device.kernel = device_kernel(json["kernel"]);
  return device;
}

SourceSummary source(const JsonCursor& json) {
  SourceSummary source;
  SnapshotInfo& info = source.info;
  info.name = json["name"].bytes();
  info.kind = json["kind"].text();
  source.nodes = json["nodes"].number(0, UINT64_MAX);
  if (!json["error"].is_null()) {
    source.error = json["error"].text();
  } else {
    info.coverage = word<Coverage>(json["coverage"]);
  }
  info.covered = json["covered"].bytes();
  info.has_permissions = json["has_permissions"].boolean();
  source.incomplete = texts(json["incomplete"]);
  for (const JsonCursor& gap : json["gaps"].items()) {
    info.gaps.push_back({gap["place"].text(), gap["message"].text()});
  }
  info.gap_count = json["gap_count"].number(info.gaps.size(), UINT64_MAX);
  info.daemon = word<Daemon>(json["daemon"]);
  info.host = json["host"].bytes_or_empty();
  if (!json["sha256"].is_null()) {
    info.recorded = {json["sha256"].text(), json["bytes"].number(0, UINT64_MAX)};
    const std::string& digits = info.recorded->sha256;
    if (digits.size() != 64 || digits.find_first_not_of("0123456789abcdef") != digits.npos) {
      json["sha256"].fail("not 64 hexadecimal digits");
    }
  }
  if (!json["time"].is_null()) info.time = json["time"].integer();
  info.consistency = word<Consistency>(json["consistency"]);

  const JsonCursor alive = json["alive"];
  source.liveness.basis = word<Liveness::Basis>(alive["basis"]);
  source.liveness.alive = domids(alive["domains"]);
  source.liveness.unsure = domids(alive["unsure"]);
  source.liveness.unsure_of_others = alive["unsure_of_others"].boolean();

  for (const JsonCursor& domain : json["domains"].items()) {
    source.devices.domains.push_back({domid(domain["domain"]), domain["name"].bytes_or_empty(),
                                      domain["uuid"].bytes_or_empty()});
  }
  for (const JsonCursor& item : json["devices"].items()) {
    source.devices.devices.push_back(device(item));
  }
  source.devices.left_out = json["devices_left_out"].number(0, UINT64_MAX);
  return source;
}

RuleSummary rule(const JsonCursor& json) {
  return {json["id"].text(),        json["title"].text(), severity(json["severity"]),
          json["class"].text(),     json["why"].text(),   json["fix"].text(),
          texts(json["references"])};
}

Evidence evidence(const JsonCursor& json) {
  Evidence evidence;
  evidence.path = json["path"].bytes();
  if (!json["line"].is_null()) evidence.line = json["line"].number(1, UINT32_MAX);
  evidence.presence = word<Presence>(json["presence"]);
  evidence.presence_unknown = reason(json, "presence_unknown");
  evidence.value_unknown = reason(json, "value_unknown");
  evidence.value = json["value"].bytes_or_empty();
  evidence.permissions_unknown = reason(json, "permissions_unknown");
  if (const JsonCursor permissions = json["permissions"]; !permissions.is_null()) {
    auto parsed = parse_permissions(permissions.text());
    if (!parsed) permissions.fail("expected permissions as xenstore-ls prints them");
    if (parsed) evidence.permissions = *std::move(parsed);
  }
  evidence.controllers = domain_set(json["controllers"]);
  evidence.through = json["controlled_through"].bytes_or_empty();
  return evidence;
}

Guest guest(const JsonCursor& json) {
  Guest guest;
  guest.domid = domid(json["domain"]);
  guest.name = json["name"].bytes_or_empty();
  guest.uuid = json["uuid"].bytes_or_empty();
  return guest;
}

std::optional<Guest> guest_or_none(const JsonCursor& json) {
  return json.is_null() ? std::nullopt : std::optional(guest(json));
}

Cause cause(const JsonCursor& json) {
  Cause cause;
  cause.path = json["path"].bytes_or_empty();
  cause.part = word<Cause::Part>(json["part"]);
  cause.domains = domain_set(json["domains"]);
  cause.through = json["through"].bytes_or_empty();
  for (const JsonCursor& item : json["named"].items()) cause.named.push_back(guest(item));
  const std::size_t most = cause.domains ? cause.domains->listed().size() : 0;
  if (cause.named.size() > most) json["named"].fail("more domains than the set has");
  return cause;
}

LoggedCause logged_cause(const JsonCursor& json) {
  LoggedCause logged;
  logged.status = word<LoggedCause::Status>(json["status"]);
  logged.text = json["text"].text();
  for (const JsonCursor& item : json["changes"].items()) {
    LoggedChange& change = logged.changes.emplace_back();
    change.time = item["time"].text();
    change.by = item["by"].text();
    if (!item["domain"].is_null()) change.domid = domid(item["domain"]);
    change.operation = word<LogOperation>(item["operation"]);
    change.path = item["path"].bytes();
    change.value = item["value"].bytes_or_empty();
    change.secret = item["secret"].boolean();
    change.truncated = item["truncated"].boolean();
    change.outcome = word<LogOutcome>(item["outcome"]);
    change.place = item["place"].text();
  }
  return logged;
}

// The members that refer to the result's sources and rules.
class References {
 public:
  explicit References(const AuditResult& result)
      : sources_(result.sources.size()), suppressions_(result.suppressions.size()) {
    for (const RuleSummary& rule : result.rules) rules_.emplace(rule.id, rules_.size());
  }
  std::size_t source(const JsonCursor& json) const {
    const std::uint64_t index = json.number(0, UINT64_MAX);
    if (index < sources_) return index;
    json.fail("there is no such source");
    return 0;
  }
  std::optional<std::size_t> suppression(const JsonCursor& json) const {
    if (json.is_null()) return std::nullopt;
    const std::uint64_t index = json.number(0, UINT64_MAX);
    if (index < suppressions_) return index;
    json.fail("there is no such suppression");
    return std::nullopt;
  }
  std::size_t rule(const JsonCursor& json) const {
    const auto found = rules_.find(json.text());
    if (found != rules_.end()) return found->second;
    json.fail("there is no such rule among the rules");
    return 0;
  }

 private:
  std::size_t sources_;
  std::size_t suppressions_;
  std::map<std::string, std::size_t> rules_;
};

Finding finding(const JsonCursor& json, const References& references) {
  Finding finding;
  finding.rule = references.rule(json["rule"]);
  finding.source = references.source(json["source"]);
  finding.severity = severity(json["severity"]);
  finding.path = json["path"].bytes();
  if (!json["domain"].is_null()) {
    finding.guest = Guest{domid(json["domain"]), json["domain_name"].bytes_or_empty(),
                          json["domain_uuid"].bytes_or_empty()};
  }
  finding.device = json["device"].bytes_or_empty();
  finding.message = json["message"].text();
  finding.fix = json["fix"].text();
  if (!json["line"].is_null()) json["line"].number(1, UINT32_MAX);  // that of the first evidence
  finding.cause = cause(json["who"]);
  if (!json["log"].is_null()) finding.logged = logged_cause(json["log"]);
  finding.suspect = guest_or_none(json["suspect"]);
  finding.victim = guest_or_none(json["victim"]);
  for (const JsonCursor& node : json["evidence"].items()) {
    finding.evidence.push_back(evidence(node));
  }
  finding.count = json["count"].number(1, UINT64_MAX);
  for (const JsonCursor& path : json["samples"].items()) finding.samples.push_back(path.bytes());
  finding.fingerprint = json["fingerprint"].text();
  finding.suppression = references.suppression(json["suppression"]);
  finding.known_as = json["known_as"].bytes_or_empty();
  return finding;
}

std::vector<Finding> findings(const JsonCursor& json, const References& references) {
  std::vector<Finding> findings;
  for (const JsonCursor& item : json.items()) findings.push_back(finding(item, references));
  return findings;
}

std::string text_or_empty(const JsonCursor& json) {
  return json.is_null() ? std::string() : json.text();
}

SuppressionUse suppression(const JsonCursor& json) {
  SuppressionUse use;
  Suppression& suppression = use.suppression;
  suppression.place = json["place"].text();
  suppression.rule = json["rule"].text();
  suppression.path = json["path"].bytes_or_empty();
  suppression.guest = json["guest"].bytes_or_empty();
  suppression.source = json["host"].bytes_or_empty();
  suppression.reason = json["reason"].text();
  suppression.owner = text_or_empty(json["owner"]);
  const auto expires = parse_day(json["expires"].text());
  if (!expires) json["expires"].fail("expected a day, as in 2027-03-31");
  suppression.expires = expires.value_or(Day());
  use.state = word<SuppressionUse::State>(json["state"]);
  use.findings = json["findings"].number(0, UINT64_MAX);
  use.note = text_or_empty(json["note"]);
  return use;
}

BaselineUse baseline(const JsonCursor& json) {
  BaselineUse baseline;
  baseline.file = json["file"].bytes();
  baseline.findings = json["findings"].number(0, UINT64_MAX);
  for (const JsonCursor& item : json["gone"].items()) {
    GoneFinding& gone = baseline.gone.emplace_back();
    gone.finding.rule = item["rule"].text();
    gone.finding.guest = text_or_empty(item["guest"]);
    gone.finding.device = text_or_empty(item["device"]);
    gone.finding.path = item["path"].text();
    gone.finding.severity = severity(item["severity"]);
    gone.finding.count = item["count"].number(1, UINT64_MAX);
    gone.finding.fingerprint = item["fingerprint"].text();
    gone.why = word<GoneFinding::Why>(item["why"]);
  }
  return baseline;
}

UndecidedRule undecided(const JsonCursor& json, const References& references) {
  UndecidedRule entry;
  entry.rule = references.rule(json["rule"]);
  entry.source = references.source(json["source"]);
  entry.path = json["path"].bytes();
  entry.reason = json["reason"].text();
  entry.by_form = json["by_form"].boolean();
  entry.count = json["count"].number(1, UINT64_MAX);
  entry.everywhere = json["everywhere"].boolean();
  return entry;
}

GuestNote guest_note(const JsonCursor& json, const References& references) {
  GuestNote note;
  note.rule = references.rule(json["rule"]);
  note.source = references.source(json["source"]);
  note.path = json["path"].bytes();
  if (!json["domain"].is_null()) {
    note.guest = Guest{domid(json["domain"]), json["domain_name"].bytes_or_empty(),
                       json["domain_uuid"].bytes_or_empty()};
  }
  note.text = json["text"].text();
  return note;
}

}  // namespace

Result<AuditResult> read_result(std::string_view text, const std::string& name) {
  XSAUDIT_ASSIGN(const auto parsed, parse_bounded_json(text, escape(name)));
  std::optional<Error> error;
  const JsonCursor json(parsed, escape(name) + ": ", error);
  if (!json.has("format") || json["format"].text() != "xsaudit-result/1") {
    return Error{escape(name), "this is not a result of xsaudit audit --format json",
                 "its member \"format\" would be \"xsaudit-result/1\""};
  }
  AuditResult result;
  result.version = json["version"].text();
  const auto audited = parse_utc(json["audited"].text());
  if (!audited) json["audited"].fail("not a time");
  result.time = audited.value_or(0);
  result.verdict = word<Verdict>(json["verdict"]);
  result.fail_on = severity(json["fail_on"]);
  for (const JsonCursor& item : json["sources"].items()) result.sources.push_back(source(item));
  for (const JsonCursor& item : json["rules"].items()) result.rules.push_back(rule(item));
  for (const JsonCursor& item : json["suppressions"].items()) {
    result.suppressions.push_back(suppression(item));
  }
  if (!json["baseline"].is_null()) result.baseline = baseline(json["baseline"]);
  const References references(result);
  result.findings = findings(json["findings"], references);
  result.suppressed = findings(json["suppressed"], references);
  result.known = findings(json["known"], references);
  for (const JsonCursor& item : json["not_evaluated"].items()) {
    result.not_evaluated.push_back(undecided(item, references));
  }
  for (const JsonCursor& item : json["notes"].items()) {
    result.notes.push_back(guest_note(item, references));
  }
  if (error) return *error;
  return result;
}

}  // namespace xsaudit
