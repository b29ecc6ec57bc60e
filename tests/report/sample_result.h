// Results made by hand, for the tests of the reports.
#pragma once

#include <string>

#include "audit/result.h"

namespace xsaudit {

// One rule, one whole source with permissions, nothing found.
inline AuditResult clean_result() {
  AuditResult result;
  result.version = "1.2.3";
  RuleSummary rule;
  rule.id = "frontend-link-forged";
  rule.title = "The frontend points at another guest's backend";
  rule.severity = Severity::high;
  rule.category = "security";
  rule.why = "The toolstack follows it.";
  rule.fix = "Restart {DOMID}.";
  rule.references = {"XSA-175"};
  result.rules.push_back(rule);
  SourceSummary source;
  source.info.name = "host.txt";
  source.info.kind = "xenstore-ls -fp";
  source.info.has_permissions = true;
  source.nodes = 12;
  source.liveness.basis = Liveness::Basis::given;
  source.liveness.alive = {0, 1, 3};
  result.sources.push_back(source);
  return result;
}

// The same with one finding, made by domain 3.
inline AuditResult result_with_finding() {
  AuditResult result = clean_result();
  result.verdict = Verdict::findings;
  Finding finding;
  finding.severity = Severity::high;
  finding.path = "/local/domain/3/device/vif/0/backend";
  finding.guest = Guest{3, "web", "33333333-0000-0000-0000-000000000003"};
  finding.device = "vif/0";
  finding.message = "it names the backend of domain 1";
  finding.fix = "Restart the guest.\nLook at what it runs.";
  finding.fingerprint = "00112233445566ff";
  finding.cause = {finding.path,
                   Cause::Part::value,
                   DomainSet::of({3}),
                   "/local/domain/3/device/vif/0",
                   {*finding.guest}};
  Evidence link;
  link.path = finding.path;
  link.value = "/local/domain/0/backend/vif/1/0";
  link.permissions = Permissions{{3, false, false}, {0, true, false}};
  link.controllers = DomainSet::of({3});
  link.through = "/local/domain/3/device/vif/0";
  Evidence record;
  record.path = "/libxl/3/device/vif/0/backend";
  record.value = "/local/domain/0/backend/vif/3/0";
  record.permissions = Permissions{{0, false, false}};
  record.controllers = DomainSet();
  finding.evidence = {link, record};
  result.findings.push_back(finding);
  return result;
}

// Every byte there is, as a guest might store it.
inline std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

// The same with bytes of a guest's choice wherever a guest can put some: what a recording shows is
// kept as it is, names with odd bytes included.
inline AuditResult hostile_result(const std::string& bytes) {
  AuditResult result = result_with_finding();
  result.sources[0].info.name = bytes;
  Finding& finding = result.findings[0];
  finding.path = "/" + bytes;
  finding.guest->name = bytes;
  finding.device = "vif/" + bytes;
  finding.cause.path = finding.path;
  finding.cause.through = "/" + bytes;
  finding.cause.named = {*finding.guest};
  finding.suspect = finding.guest;
  finding.victim = Guest{1, bytes, bytes};
  finding.evidence[0].path = finding.path;
  finding.evidence[0].value = bytes;
  finding.evidence[0].through = "/" + bytes;
  finding.count = 3;
  finding.samples = {"/" + bytes};
  result.not_evaluated.push_back({0, 0, "/" + bytes, "it was not recorded", false, 1});
  return result;
}

}  // namespace xsaudit
