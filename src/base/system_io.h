// Errors of system calls in words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace xsaudit {

// "what: the system's text of that errno". `place` may be anything: it is escaped, and shortened.
Error system_error(const std::string& place, const char* what, int number);

// Reading and writing all of something through a descriptor that may take or give less at a time.
// Stateless; any thread.

// False, and errno, where not all of it could be written.
bool write_whole(int descriptor, std::string_view text);
// False at the end, and where reading fails.
bool read_whole(int descriptor, char* to, std::size_t size);

}  // namespace xsaudit
