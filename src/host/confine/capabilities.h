// The capabilities of the calling thread, and how it gives them up (capabilities(7)). Threads that
// it starts afterwards have none either; threads that exist already keep theirs.
#pragma once

#include "host/facts/fact.h"
#include "host/facts/process.h"

namespace xsaudit {

// Unknown where the kernel does not answer.
Fact<Capabilities> own_capabilities();

// Takes every capability out of the bounding set, so that no program the process may run can have
// one. Needs CAP_SETPCAP, and so comes before the uid is given up. Whether it did shows in
// own_capabilities().
void empty_bounding_set();

// Empties the ambient, inheritable, permitted and effective sets.
void drop_capabilities();

}  // namespace xsaudit
