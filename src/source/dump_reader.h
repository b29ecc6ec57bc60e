// Reading a recorded store. Which form it has is found from its content, never from its name, and
// packed ones are unpacked (unpacked_bytes.h). The snapshot owns all it holds. Functions without
// state; any thread.
//
// What a recording lacks is unknown in the snapshot, and what is wrong with it is a gap of its
// info() with file and line: such a snapshot is not complete(), so no audit of it can be clean. It
// is an error if the bytes cannot be read, are no recording that is known here, or hold a line
// longer than any store can have. An empty recording is a snapshot of nothing but "/", with a gap.
#pragma once

#include <string>
#include <string_view>

#include "source/dump_options.h"
#include "store/snapshot.h"

namespace xsaudit {

// Reads to the end of an open file, pipe or socket; memory is what the snapshot needs and a small
// buffer. `name` is what messages and reports call it.
Result<Snapshot> read_dump(int descriptor, std::string name, const DumpOptions& options = {});

// The same for bytes in memory.
Result<Snapshot> read_dump_text(std::string_view text, std::string name,
                                const DumpOptions& options = {});

// The names that DumpOptions::form can have.
std::vector<std::string> dump_forms();

}  // namespace xsaudit
