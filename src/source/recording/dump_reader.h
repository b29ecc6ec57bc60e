// Facts about a recording that it does not contain itself. A plain value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source/recording/dump_input.h"
#include "store/snapshot.h"

namespace xsaudit {

struct DumpOptions {
  std::string form;  // a name of dump_forms(); empty: recognised by its content
  // The node whose children an indented listing, or one with relative paths, begins with; empty:
  // not said.
  std::string at;
  // Names that stores have directly below "/": an indented listing that begins with nothing else is
  // taken to begin there.
  std::vector<std::string> top_names;
  // Paths that every store has: a recording without one of them is not whole.
  std::vector<std::string> always;
  // Where a node two levels below `above` is called `name`, every store has `path`, too.
  struct Implied {
    std::string above;
    std::string name;
    std::string path;
  };
  std::vector<Implied> implied;
};

// Reading a recorded store. Which form it has is found from its content, never from its name, and
// packed ones are unpacked (unpacked_bytes.h). The snapshot owns all it holds. Functions without
// state; any thread.
//
// What a recording lacks is unknown in the snapshot, and what is wrong with it is a gap of its
// info() with file and line: such a snapshot is not complete(), so no audit of it can be clean. It
// is an error if the bytes cannot be read, are no recording that is known here, or hold a line
// longer than any store can have. An empty recording is a snapshot of nothing but "/", with a gap.

// Reads to the end of an open file, pipe or socket; memory is what the snapshot needs and a small
// buffer. `name` is what messages and reports call it.
Result<Snapshot> read_dump(int descriptor, std::string name, const DumpOptions& options = {});

// The same for bytes in memory.
Result<Snapshot> read_dump_text(std::string_view text, std::string name,
                                const DumpOptions& options = {});

// The names that DumpOptions::form can have.
std::vector<std::string> dump_forms();

// The forms in which a store can have been recorded. A form is one file that defines one of the
// constants below, and one line in the table of dump_reader.cc: it knows its own recordings by
// their first bytes, and reads one to its end. Constants; any thread.
struct DumpForm {
  const char* name;  // for DumpOptions::form
  // Whether a recording that begins with these bytes is of this form. They are all of it, or
  // DumpInput::kMaxLineBytes and one more, and may end anywhere.
  bool (*recognises)(std::string_view head);
  // An error only where going on would mean guessing; whatever else is wrong with the recording
  // becomes a gap of the snapshot.
  Result<Snapshot> (*read)(DumpInput& input, const DumpOptions& options);
};

extern const DumpForm kRecording;  // our own, see recording.h
extern const DumpForm kOxenstoredDump;
extern const DumpForm kXenstoredState;
extern const DumpForm kListing;  // `xenstore-ls`

}  // namespace xsaudit
