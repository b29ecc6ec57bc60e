// Checks that only root can have written a file. A file that determines the behaviour of a program
// of root must not be writable by another user, and neither must any directory on the way to it,
// with symbolic links followed. A directory with the sticky bit (/tmp) may be writable: others can
// neither rename nor remove root's files there. An access control list needs no separate check,
// because its rights appear as the group's. Stateless; any thread.
#pragma once

#include <string>

#include "base/error.h"

namespace xsaudit {

// The error names the file or directory that another user may write, or that cannot be examined. An
// accepted path can be opened afterwards: no other user can have changed it in between.
Status only_root_may_write(const std::string& path);

}  // namespace xsaudit
