// --access-log: log files of the daemon that a command reads. Opened before the program is
// confined, and read after that. Owns the open files; used by one thread, once.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "source/log/access_log.h"

namespace xsaudit {

class CommandLine;
class Option;

class LogOptions {
 public:
  // `names`: of the option. Audits have another one that is called --log.
  Option* add_to(CommandLine& app, const char* names, const char* help);

  bool given() const { return !names_.empty(); }
  Status open();
  // The descriptors that must stay open for read().
  std::vector<int> descriptors() const;
  Result<AccessLog> read();

 private:
  std::vector<std::string> names_;
  std::vector<FileDescriptor> files_;
};

}  // namespace xsaudit
