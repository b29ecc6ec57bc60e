// Whether a file says what root wants: what decides what a program running as root does must not be
// writable by anybody else, neither itself nor any directory on the way to it, symbolic links
// followed. A directory with the sticky bit (/tmp) may be open to all: others can neither rename
// nor remove there what is root's. An access control list needs no look of its own, because what it
// grants at most shows as the group's rights. Stateless; any thread.
#pragma once

#include <string>

#include "base/error.h"

namespace xsaudit {

// An error that names what somebody else may write, or what cannot be looked at. What passes can be
// opened by its path afterwards: nobody else could have changed it in between.
Status only_root_may_write(const std::string& path);

}  // namespace xsaudit
