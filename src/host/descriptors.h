// Closing what a process shall no longer hold.
#pragma once

#include <vector>

namespace xsaudit {

// Closes every descriptor of the calling process but those in `keep`, which must be sorted. Calls
// nothing that is unsafe between fork() and _exit(). False where some could not be told to be
// closed; whether other threads use them is the caller's business.
bool close_descriptors_but(const std::vector<int>& keep);

}  // namespace xsaudit
