// Error messages of system calls.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace xsaudit {

// "what: the system's text for that errno". `place` may be any text: it is escaped and shortened.
Error system_error(const std::string& place, const char* what, int number);

// Complete reads and writes on descriptors that may accept or return less at a time. Stateless; any
// thread. All functions except read_to_end() are safe between fork() and _exit().

// False, with errno set, if not everything could be written.
bool write_whole(int descriptor, std::string_view text);

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

// Waits until there is something to read, or the other end is closed. False, with errno set, on
// failure; ETIMEDOUT at the deadline.
bool wait_to_read(int descriptor, Deadline deadline);

// False, with errno set, at the deadline and on failure; errno is 0 at the end.
bool read_whole(int descriptor, char* to, std::size_t size, Deadline deadline = {});

// Appends the input to `text` until its end, or until `text` is longer than `most`. False, with
// errno set, at the deadline and on failure.
bool read_to_end(int descriptor, std::string& text, std::size_t most, Deadline deadline = {});

}  // namespace xsaudit
