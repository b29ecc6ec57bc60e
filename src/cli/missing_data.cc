#include "cli/missing_data.h"

#include "cli/command_line.h"

namespace xsaudit {

int report_missing_data(const SnapshotInfo& info) {
  for (const SnapshotInfo::Gap& gap : info.gaps) complain(Error{gap.place, gap.what, ""});
  if (info.gap_count > info.gaps.size()) {
    complain("and " + std::to_string(info.gap_count - info.gaps.size()) + " more");
  }
  if (info.coverage != Coverage::whole) complain("only a part of the store was recorded");
  return info.complete() ? kExitClean : kExitIncomplete;
}

}  // namespace xsaudit
