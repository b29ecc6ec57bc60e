// Output files that take the place of older ones whole, or not at all, even when the process that
// writes them may no longer touch the file system (confinement.h). Each is written under a
// temporary name beside its place. A helper process, forked by start(), waits for one byte: told to
// commit, it gives each file its name; told nothing until this object or the process ends, it
// removes them. It does nothing else, whatever it is told.
//
// Owned and used by one thread. start() forks, so call it early: before there are threads, and
// before the store is opened or much memory is in use. What is not a regular file (a terminal, a
// pipe, /dev/null) is opened as it is and never replaced, and so is an open descriptor
// (/dev/stdout).
//
// Other users of the host cannot bend where a file goes (file_place.h): a symbolic link, a FIFO or
// a device that another user may have made is an error.
#pragma once

#include <string>
#include <vector>

#include "base/child_process.h"
#include "base/error.h"
#include "base/file_descriptor.h"
#include "host/confine/file_place.h"

namespace xsaudit {

class AtomicOutputs {
 public:
  AtomicOutputs() = default;
  AtomicOutputs(const AtomicOutputs&) = delete;
  AtomicOutputs& operator=(const AtomicOutputs&) = delete;
  ~AtomicOutputs();

  // A descriptor for the new contents of `path`. It has the permissions of the file that it
  // replaces, where that belongs to the user of this process, and otherwise those of any new file.
  // A FIFO is an error unless something reads from it. Owned by this object. Before start() only.
  Result<int> open(const std::string& path);

  // After the last open(), once.
  Status start();

  // What must stay open for commit(): the files and the way to the helper.
  std::vector<int> descriptors() const;

  // All files take their places; once, after start(). The error names the first that did not: the
  // others did.
  Status commit();

 private:
  struct File {
    std::string path;  // as the caller wrote it
    FileDescriptor descriptor;
    FileDescriptor directory;  // not open: what is there is written to, and not replaced
    std::string temporary;     // both are names in the directory
    std::string name;
    bool is_to_be_replaced() const { return directory.is_open(); }
  };
  [[noreturn]] void help(int commands, int answers) const;
  Result<int> open_as_it_is(const std::string& path, const FilePlace& place);
  Result<int> open_beside(const std::string& path, FilePlace& place, unsigned mode);

  std::vector<File> files_;
  ChildProcess helper_;
};

}  // namespace xsaudit
