// The recorded form of host facts (host_facts.h), one JSON object for each line, for recordings
// that are judged elsewhere. The first line names the format and its version; then comes a line for
// each process, search, user, range of uids and domain record, and one for the kernel's devices.
// Nothing is lost: raw bytes are escaped as in base/escape.h within the JSON strings, so that all
// of it is ASCII.
//
// A known fact is written as its value, an absent one as null, an unknown one as {"unknown":
// "reason"}. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "host/facts/host_facts.h"

namespace xsaudit {

// Equal facts give equal bytes.
std::string write_process_record(const HostFacts& facts);

// `text` is not trusted; `name` is its file and `first_line` the number of its first line there,
// both for errors. A line of another shape and a repeated fact are errors: half a recording is not
// accepted. Unknown members are ignored.
Result<HostFacts> read_process_record(std::string_view text, const std::string& name,
                                      std::uint64_t first_line = 1);

inline constexpr int kProcessRecordVersion = 1;
// Longer than any line of facts within the limits of proc_process.h.
inline constexpr std::size_t kMaxProcessRecordLine = 16 << 20;

}  // namespace xsaudit
