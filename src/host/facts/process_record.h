// The recorded form of what is known of a host (host_facts.h), one JSON object per line, for
// recordings that are judged elsewhere. The first line names the form and its version; then comes a
// line for each process, search, user, range of uids and domain record. Nothing is lost: raw bytes
// are escaped as in base/escape.h within the JSON strings, so that all of it is ASCII.
//
// A known fact stands for itself, an absent one is null, an unknown one {"unknown": "reason"}.
// Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "host/facts/host_facts.h"

namespace xsaudit {

// The same facts always give the same bytes.
std::string write_process_record(const HostFacts& facts);

// `text` may come from anybody; `name` is the file it is in and `first_line` the number of its
// first line there, both for errors. A line of another shape, or one that says again what was said
// before, is an error: half a recording is none. Members that this version does not know are passed
// over.
Result<HostFacts> read_process_record(std::string_view text, const std::string& name,
                                      std::uint64_t first_line = 1);

inline constexpr int kProcessRecordVersion = 1;
// Longer than any line that facts within the bounds of proc_process.h can come to.
inline constexpr std::size_t kMaxProcessRecordLine = 16 << 20;

}  // namespace xsaudit
