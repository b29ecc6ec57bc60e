// The capabilities of the calling thread, and functions to give them up (capabilities(7)). Threads
// that it starts afterwards have none either; existing threads keep theirs.
#pragma once

#include "host/facts/fact.h"
#include "host/facts/process.h"

namespace xsaudit {

// Unknown if the kernel does not answer.
Fact<Capabilities> own_capabilities();

// Removes every capability from the bounding set, so that no program that the process starts can
// get one. Needs CAP_SETPCAP, so it must precede giving up the uid. own_capabilities() shows
// whether it succeeded.
void empty_bounding_set();

// Empties the ambient, inheritable, permitted and effective sets.
void drop_capabilities();

}  // namespace xsaudit
