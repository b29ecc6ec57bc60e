// Facts about a recording that it does not contain itself. A plain value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "source/recording/dump_input.h"
#include "store/snapshot.h"

namespace xsaudit {

struct DumpOptions {
  std::string form;  // a name of dump_forms(); empty: recognised by its content
  // The node whose children an indented listing, or one with relative paths, begins with; empty:
  // not given.
  std::string at;
  // Names that stores have directly below "/": an indented listing that begins with nothing else is
  // taken to begin there.
  std::vector<std::string> top_names;
  // Paths that every store has: a recording without one of them is not whole.
  std::vector<std::string> always;
  // If a node two levels below `above` is called `name`, every store has `path`, too.
  struct Implied {
    std::string above;
    std::string name;
    std::string path;
  };
  std::vector<Implied> implied;
  // The number of threads that may read one recording. The snapshot is the same for any number.
  std::size_t threads = 1;
};

// Reads a recorded store. Its format is recognised from its content, never from its name, and
// compressed recordings are unpacked. The snapshot owns its data. Functions without state; any
// thread.
//
// Data that a recording lacks are unknown in the snapshot, and every damage is a gap of its info()
// with file and line: such a snapshot is not complete(), so its audit cannot be clean. It is an
// error if the bytes cannot be read, are not a recording of a known format, or contain a line
// longer than any store can have. An empty recording is a snapshot of only "/", with a gap.

// Reads an open file, pipe or socket to its end; memory is what the snapshot needs and a small
// buffer. `name` is its name in messages and reports.
Result<Snapshot> read_dump(int descriptor, std::string name, const DumpOptions& options = {});

// The same for bytes in memory.
Result<Snapshot> read_dump_text(std::string_view text, std::string name,
                                const DumpOptions& options = {});

// The same for bytes within something else, such as an archive. No hash is computed.
Result<Snapshot> read_dump_bytes(ByteSource& source, std::string name, const DumpOptions& options);

// The names that DumpOptions::form can have.
std::vector<std::string> dump_forms();

// The formats of recordings. A format is one file that defines one of the constants below, and one
// line in the table of dump_reader.cc: it recognises its own recordings by their first bytes, and
// reads one to its end. Constants; any thread.
struct DumpForm {
  const char* name;  // for DumpOptions::form
  // Whether a recording that begins with these bytes has this format. The bytes are all of it, or
  // DumpInput::kMaxLineBytes and one more, and may end anywhere.
  bool (*recognises)(std::string_view head);
  // An error only if continuing would require guesses; every other problem of the recording becomes
  // a gap of the snapshot.
  Result<Snapshot> (*read)(DumpInput& input, const DumpOptions& options);
};

extern const DumpForm kStatusReport;  // of XenServer and XCP-ng, an archive
extern const DumpForm kRecording;     // our own, see recording.h
extern const DumpForm kOxenstoredDump;
extern const DumpForm kXenstoredState;
extern const DumpForm kListing;  // `xenstore-ls`

}  // namespace xsaudit
