// Reading and writing all of something through a descriptor that may take or give less at a time.
// Stateless; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace xsaudit {

// False, and errno, where not all of it could be written.
bool write_whole(int descriptor, std::string_view text);
// False at the end, and where reading fails.
bool read_whole(int descriptor, char* to, std::size_t size);

}  // namespace xsaudit
