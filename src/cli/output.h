// Where the text that a command makes goes: standard output, and files that take the place of older
// ones whole or not at all. Getting it there includes noticing when it does not get there: a full
// disk or a closed pipe must not look like a quiet, clean audit. Used by one thread.
//
// A confined process (confinement_choice.h) can open no file. So every command that looks at a
// store keeps this order, and whatever else it wants to write or hold (a log, a lock) is opened at
// the first step too:
//
//   Outputs outputs;
//   const auto report = outputs.open(path);    // each file it will write, then start()
//   …                                          // its own files are read, the store is recorded
//   options.confine(outputs.descriptors());
//   …                                          // what guests wrote is interpreted
//   outputs.write(*report, text);
//   outputs.commit();
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "host/confine/atomic_outputs.h"

namespace xsaudit {

class Outputs {
 public:
  // What write() takes for the file or, where `path` is empty, for standard output. What is there
  // already and is not a regular file (a pipe, /dev/null) is written to, not replaced.
  Result<int> open(const std::string& path);
  // After the last open(), before the store is read.
  Status start();
  // What has to stay open.
  std::vector<int> descriptors() const { return files_.descriptors(); }

  Status write(int output, std::string_view text);
  // The files that were written take their places. Without it nothing is replaced.
  Status commit();

 private:
  AtomicOutputs files_;
  std::map<int, std::string> names_;
};

Status write_standard_output(std::string_view text);

// Whether standard output is a terminal that colour is wanted on: NO_COLOR is not set, or empty
// (no-color.org), and TERM is not "dumb".
bool standard_output_wants_colour();

}  // namespace xsaudit
