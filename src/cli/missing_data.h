// Reports data that a source lacks, for commands that list a store and do not audit it. Stateless;
// one thread.
#pragma once

#include "store/snapshot_info.h"

namespace xsaudit {

// Prints the gaps of a source on standard error. Returns the exit status: kExitIncomplete if there
// are any, else kExitClean. Data that the format cannot contain are not a gap; a recording of a
// part of the store is one.
int report_missing_data(const SnapshotInfo& info);

}  // namespace xsaudit
