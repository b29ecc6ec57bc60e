// The text forms of proc(5). The kernel writes them, but a process chooses its own name, which
// stands in some: none of these is fooled by it, and text of any other shape gives an unknown fact.
// Pure functions; any thread.
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

// /proc/PID/cmdline: arguments that each end in a NUL byte, but for the last where the process
// wrote over it.
Fact<std::vector<std::string>> parse_arguments(std::string_view text);

// When the machine was started, in seconds of Unix time: "btime" of /proc/stat.
Fact<std::uint64_t> parse_boot_time(std::string_view text);

// The decimal number that is all of `text`.
Fact<std::uint64_t> parse_number(std::string_view text, int base = 10);

}  // namespace xsaudit
