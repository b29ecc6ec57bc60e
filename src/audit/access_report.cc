#include "audit/access_report.h"

#include <algorithm>

namespace xsaudit {

bool AccessReport::known() const {
  if (reach && reach->unknown > 0) return false;
  if (root_unknown != UnknownReason::known && !never_recorded(root_unknown)) return false;
  return std::all_of(paths.begin(), paths.end(), [](const PathAccess& one) { return one.known(); });
}

AccessReport report_access(const AuditContext& facts, const std::vector<std::string>& paths,
                           std::optional<Domid> domid) {
  AccessReport report;
  report.version = XSAUDIT_VERSION;
  report.info = facts.snapshot.info();
  report.nodes = facts.snapshot.recorded();
  AccessOptions domains =
      facts.schema.domains().access_options(facts.snapshot, facts.options.privileged);
  std::sort(domains.privileged.begin(), domains.privileged.end());
  std::sort(domains.targets.begin(), domains.targets.end());
  report.privileged = std::move(domains.privileged);
  report.stub_domains = std::move(domains.targets);
  report.root_unknown = facts.snapshot.permissions_unknown(kRootNode);

  StoreIndex store_index(facts);
  for (const std::string& path : paths) {
    report.paths.push_back(access_to(path, facts, store_index));
  }
  if (domid) report.reach = reach_of(*domid, facts, store_index);
  return report;
}

}  // namespace xsaudit
