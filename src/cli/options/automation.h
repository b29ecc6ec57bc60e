// What an audit that nobody watches needs: a lock, so that runs never overlap, and a log. Both are
// opened before the program is confined and kept open to its end. Used by one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/result.h"
#include "host/confine/lock_file.h"
#include "host/confine/log_sink.h"

namespace xsaudit {

class CommandLine;

class Automation {
 public:
  // --lock, --log
  void add_to(CommandLine& app);

  // Without --lock, only live audits of the host's own store by root are locked against each
  // other. That another one runs is an error, and is logged.
  Status begin(bool live);
  // What has to stay open.
  std::vector<int> descriptors() const;

  Status log(const AuditResult& result, int status) const;

 private:
  std::string lock_path_;
  std::string log_path_;
  std::optional<LockFile> lock_;
  std::optional<LogSink> log_;
};

}  // namespace xsaudit
