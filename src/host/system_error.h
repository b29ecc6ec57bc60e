// Errors of system calls in words.
#pragma once

#include <string>

#include "store/error.h"

namespace xsaudit {

// "what: the system's text of that errno". `place` may be anything: it is escaped, and shortened.
Error system_error(const std::string& place, const char* what, int number);

}  // namespace xsaudit
