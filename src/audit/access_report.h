// The answers of `xsaudit access` about one store: the access to some paths, or the reach of one
// domain, with the facts about the store that they depend on. Owns all its data. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/domain_reach.h"
#include "audit/path_access.h"
#include "rules/audit_context.h"
#include "store/snapshot_info.h"

namespace xsaudit {

struct AccessReport {
  std::string version;  // of the tool
  SnapshotInfo info;
  std::uint64_t nodes = 0;                            // without "/"
  std::vector<Domid> privileged;                      // sorted
  std::vector<std::pair<Domid, Domid>> stub_domains;  // (stub domain, target), sorted
  // Why the permissions of "/" are unknown. No listing has them. A domain that may write "/" can do
  // more than the answers contain.
  UnknownReason root_unknown = UnknownReason::known;

  std::vector<PathAccess> paths;
  std::optional<DomainReach> reach;

  // Whether the store contains everything that the answers need, except the permissions of "/" in a
  // format that never has them.
  bool known() const;
};

// The answers for valid `paths`, and for `domid` if one is given.
AccessReport report_access(const AuditContext& facts, const std::vector<std::string>& paths,
                           std::optional<Domid> domid);

}  // namespace xsaudit
