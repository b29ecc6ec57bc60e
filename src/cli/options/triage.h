// The options for findings that do not count, and their files: suppressions, and the baseline. A
// plain value; used by one thread.
#pragma once

#include <string>
#include <vector>

#include "audit/auditor.h"
#include "audit/result.h"
#include "base/error.h"
#include "cli/output.h"
#include "schema/schema.h"

namespace xsaudit {

class CommandLine;

struct TriageOptions {
  std::vector<std::string> suppressions;  // empty: the host's own file, if it exists
  std::string baseline;                   // empty: none
  std::string new_baseline;               // empty: none is written
  bool show_suppressed = false;

  // Adds --suppress, --show-suppressed, --baseline and --write-baseline.
  void add_to(CommandLine& app);
  Status load(const Schema& schema, AuditOptions& audit) const;
};

// The baseline that an audit writes (--write-baseline), separate from its reports: an audit that
// could not read its sources may be reported, but must not become the baseline. Opened before the
// program is confined. Used by one thread.
class NewBaseline {
 public:
  // An empty path means no baseline; write() then does nothing.
  Status open(const std::string& path);
  // The descriptors that must stay open.
  std::vector<int> descriptors() const { return outputs_.descriptors(); }

  // Replaces the file; prints on standard error how many findings it cannot contain.
  Status write(const AuditResult& result);

 private:
  std::string path_;
  Outputs outputs_;
  int output_ = -1;
};

}  // namespace xsaudit
