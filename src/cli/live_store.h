// The live store of this host, walked once. Used by one thread.
#pragma once

#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

// The daemon only tells of a domain that is asked for by number whether it is introduced; the
// schema knows where a store names domains.
Result<Snapshot> read_live_store(const Schema& schema);

}  // namespace xsaudit
