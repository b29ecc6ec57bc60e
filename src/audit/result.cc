#include "audit/result.h"

namespace xsaudit {

const char* to_text(Cause::Part part) {
  switch (part) {
    case Cause::Part::value: return "value";
    case Cause::Part::permissions: return "permissions";
    case Cause::Part::presence: return "presence";
  }
  return "value";
}

const char* to_text(LoggedCause::Status status) {
  switch (status) {
    case LoggedCause::Status::proven: return "proven";
    case LoggedCause::Status::supported: return "supported";
    case LoggedCause::Status::contradicted: return "contradicted";
    case LoggedCause::Status::missing: return "missing";
    case LoggedCause::Status::forgeable: break;
  }
  return "forgeable";
}

FindingsByDevice::FindingsByDevice(const AuditResult& result) {
  for (const Finding& finding : result.findings) {
    if (!finding.guest || finding.device.empty()) continue;
    findings_[{finding.source, finding.guest->domid, finding.device}].push_back(&finding);
  }
}

const std::vector<const Finding*>& FindingsByDevice::of(std::size_t source,
                                                        const DeviceSummary& device) const {
  static const std::vector<const Finding*> none;
  const auto found = findings_.find({source, device.domid, device.kind + "/" + device.id});
  return found == findings_.end() ? none : found->second;
}

}  // namespace xsaudit
