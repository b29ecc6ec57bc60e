// Parsers for the text forms of proc(5). The kernel writes them, but a process chooses its own
// name, which is part of some: the name cannot change the result, and text of any other shape gives
// an unknown fact. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/facts/process.h"

namespace xsaudit {

// /proc/PID/stat
struct ProcStat {
  std::string state;
  std::uint64_t start_ticks = 0;
};
Fact<ProcStat> parse_stat(std::string_view text);

// /proc/PID/status and /proc/PID/task/TID/status
Credentials parse_status(std::string_view text);

// /proc/PID/limits
Fact<std::vector<Limit>> parse_limits(std::string_view text);

// /proc/PID/cmdline: arguments that each end in a NUL byte, except the last if the process
// overwrote it.
Fact<std::vector<std::string>> parse_arguments(std::string_view text);

// The boot time in seconds of Unix time: "btime" of /proc/stat.
Fact<std::uint64_t> parse_boot_time(std::string_view text);

// The decimal number if `text` contains nothing else.
Fact<std::uint64_t> parse_number(std::string_view text, int base = 10);

}  // namespace xsaudit
