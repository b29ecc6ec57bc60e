// Getting what was made to where it was asked for, and noticing when it does not get there: a full
// disk or a closed pipe must not look like a quiet, clean audit. Used by one thread.
#pragma once

#include <string>
#include <string_view>

#include "store/error.h"

namespace xsaudit {

Status write_standard_output(std::string_view text);

// Replaces a file whole or leaves it as it was: written beside it, flushed to the disk, renamed.
// What is there already and is not a regular file (a pipe, /dev/null, a symbolic link) is written
// to, not replaced.
Status write_file(const std::string& path, std::string_view text);

// Whether standard output is a terminal that colour is wanted on: NO_COLOR is not set, or empty
// (no-color.org), and TERM is not "dumb".
bool standard_output_wants_colour();

}  // namespace xsaudit
