// An unpacked status report: a folder. Its files are opened before the program is confined, and
// read after that. Links are not followed, and the number of files is limited. Used by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

class ReportFolder {
 public:
  // Opens the wanted files of a folder and of the folders in it.
  static Result<ReportFolder> open(const std::string& path);

  std::vector<int> descriptors() const;
  // To be called once.
  Result<Snapshot> read(const std::string& name, const DumpOptions& options);

 private:
  struct File {
    std::string name;
    FileDescriptor descriptor;
    std::int64_t modified = 0;
  };
  std::vector<File> files_;
  std::vector<std::string> gaps_;
};

}  // namespace xsaudit
