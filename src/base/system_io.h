// Errors of system calls in words.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace xsaudit {

// "what: the system's text of that errno". `place` may be anything: it is escaped, and shortened.
Error system_error(const std::string& place, const char* what, int number);

// Reading and writing all of something through a descriptor that may take or give less at a time.
// Stateless; any thread. Nothing but read_to_end() is unsafe between fork() and _exit().

// False, and errno, where not all of it could be written.
bool write_whole(int descriptor, std::string_view text);

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

// Waits until there is something to read, or the other end is closed. False, and errno, where
// waiting fails; ETIMEDOUT at the deadline.
bool wait_to_read(int descriptor, Deadline deadline);

// False, and errno, at the deadline and where reading fails; errno is 0 at the end.
bool read_whole(int descriptor, char* to, std::size_t size, Deadline deadline = {});

// Appends what comes until the end, or until `text` is longer than `most`. False, and errno, at the
// deadline and where reading fails.
bool read_to_end(int descriptor, std::string& text, std::size_t most, Deadline deadline = {});

}  // namespace xsaudit
