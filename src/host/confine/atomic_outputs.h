// Output files that replace older ones whole or not at all, even if the process that writes them
// may no longer use the file system (confinement.h). Each is written under a temporary name in the
// directory of its final place. A helper process, forked by start(), waits for one byte: the order
// to commit. It then renames each file to its final name. If this object or the process ends first,
// the helper removes the files. It accepts no other order.
//
// Owned and used by one thread. start() forks, so call it early: before there are threads, and
// before the store is opened or much memory is in use. A path that is not a regular file (a
// terminal, a pipe, /dev/null) or that is an open descriptor (/dev/stdout) is written to and never
// replaced.
//
// Other users of the host cannot redirect a file (file_place.h): a symbolic link, a FIFO or a
// device that another user may have made is an error.
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

  // A descriptor for the new contents of `path`, owned by this object. The file gets the
  // permissions of the file that it replaces, if that belongs to the user of this process, and
  // otherwise those of any new file. A FIFO without a reader is an error. To be called before
  // start() only.
  Result<int> open(const std::string& path);

  // To be called once, after the last open().
  Status start();

  // The descriptors that must stay open for commit(): the files and the pipes to the helper.
  std::vector<int> descriptors() const;

  // Renames all files to their final names. To be called once, after start(). The error names the
  // first file that could not be renamed; the others were.
  Status commit();

 private:
  struct File {
    std::string path;  // as given by the caller
    FileDescriptor descriptor;
    FileDescriptor directory;  // not open: the path is written to, and not replaced
    std::string temporary;     // both are names in the directory
    std::string name;
    bool is_to_be_replaced() const { return directory.is_open(); }
  };
  [[noreturn]] void help(int commands, int answers) const;
  Result<int> open_as_it_is(const std::string& path, const FilePlace& place);
  Result<int> open_beside(const std::string& path, FilePlace& place);

  std::vector<File> files_;
  ChildProcess helper_;
};

}  // namespace xsaudit
