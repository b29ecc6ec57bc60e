// Reads log files of the daemon: its own, rotated ones and packed ones (gzip, zstd), in the order
// of their times. Memory is limited by kMostLogBytes of events, of which the newest are kept, and
// by a small buffer for each file. Stateless; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "source/log/access_log.h"
#include "source/recording/byte_source.h"

namespace xsaudit {

struct LogSource {
  std::string name;
  std::unique_ptr<ByteSource> bytes;
  // When it was last written, in seconds since 1970: for stamps without a year.
  std::optional<std::int64_t> modified;
};

inline constexpr std::size_t kMostLogFiles = 200;
inline constexpr std::size_t kMostLogBytes = std::size_t{256} << 20;

// `now`: in seconds since 1970, for files without `modified`. An error if a file cannot be read or
// is not a log of the daemon; damage further on in a file becomes a gap of the log.
Result<AccessLog> read_log(std::vector<LogSource> sources, std::int64_t now,
                           std::size_t most_bytes = kMostLogBytes);

// The same of a text in memory.
Result<AccessLog> read_log_text(std::string_view text, std::string name, std::int64_t now);

}  // namespace xsaudit
