// The forms in which a store can have been recorded. A form is one file that defines one of the
// constants below, and one line in the table of dump_reader.cc: it knows its own recordings by
// their first bytes, and reads one to its end. Constants; any thread.
#pragma once

#include <string_view>

#include "source/dump_input.h"
#include "source/dump_options.h"
#include "store/snapshot.h"

namespace xsaudit {

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
