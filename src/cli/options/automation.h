// Options for scheduled audits: a lock, so that runs never overlap, and a log. Both are opened
// before the program is confined and kept open to its end. Used by one thread.
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
  // Adds --lock and --log.
  void add_to(CommandLine& app);

  // Takes the lock and opens the log. Without --lock, only root's live audits of the host's own
  // store exclude each other. A running audit is an error, and is logged.
  Status begin(bool live);
  // The descriptors that must stay open.
  std::vector<int> descriptors() const;

  Status log(const AuditResult& result, int status) const;

 private:
  std::string lock_path_;
  std::string log_path_;
  std::optional<LockFile> lock_;
  std::optional<LogSink> log_;
};

}  // namespace xsaudit
