// The settings of a daemon from its configuration file: lines of the form "key = value", and
// comments that begin with '#' (oxenstored.conf). Pure functions and plain values; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "host/facts/fact.h"

namespace xsaudit {

// By key; the last of several lines counts, as for oxenstored. Raw bytes.
using Settings = std::map<std::string, std::string>;

Settings parse_settings(std::string_view text);

// Absent if there is no such file, unknown if it may not be read or is not a regular file.
Fact<Settings> read_settings(const std::string& path);

inline constexpr std::size_t kMaxSettingsBytes = 64 << 10;

}  // namespace xsaudit
