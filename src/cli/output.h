// The outputs of a command: standard output, and files that replace older ones whole or not at all.
// Errors of writing are reported: with a full disk or a closed pipe an audit must not seem to have
// no findings. Used by one thread.
//
// A confined process (confinement_choice.h) can open no file. So every command that reads a store
// keeps this order, and everything else that it writes or locks (a log, a lock) is opened in the
// first step, too:
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
  // Opens a file for writing; the result is the argument of write(). An empty path is standard
  // output. An existing path that is not a regular file (a pipe, /dev/null) is written to, not
  // replaced.
  Result<int> open(const std::string& path);
  // To be called after the last open(), before the store is read.
  Status start();
  // The descriptors that must stay open.
  std::vector<int> descriptors() const { return files_.descriptors(); }

  Status write(int output, std::string_view text);
  // Replaces the older files by those written. Without it nothing is replaced.
  Status commit();

 private:
  AtomicOutputs files_;
  std::map<int, std::string> names_;
};

Status write_standard_output(std::string_view text);

// Whether colour is wanted: standard output is a terminal, NO_COLOR is not set or empty
// (no-color.org), and TERM is not "dumb".
bool standard_output_wants_colour();

}  // namespace xsaudit
