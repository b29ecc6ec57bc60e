// Whether this program runs in domain 0: the processes that its store speaks of are those of this
// host only there. Stateless; any thread, before the process is confined.
#pragma once

#include <string>

namespace xsaudit {

// By xenfs, where that is mounted, else by sysfs. `root` is "/" but in tests.
bool runs_in_domain_zero(const std::string& root = "/");

}  // namespace xsaudit
