// The options by which findings are set aside, and the files behind them: suppressions, and the
// baseline. A plain value; used by one thread.
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
  std::vector<std::string> suppressions;  // empty: the host's own file, where there is one
  std::string baseline;                   // empty: none
  std::string new_baseline;               // empty: none is to be written
  bool show_suppressed = false;

  // --suppress, --show-suppressed, --baseline, --write-baseline
  void add_to(CommandLine& app);
  Status load(const Schema& schema, AuditOptions& audit) const;
};

// The baseline that an audit writes (--write-baseline), apart from its reports: what did not see
// its sources may be reported, but must not become known. Opened before the program is confined.
// Used by one thread.
class NewBaseline {
 public:
  // Empty: none is wanted, and write() does nothing.
  Status open(const std::string& path);
  // What has to stay open.
  std::vector<int> descriptors() const { return outputs_.descriptors(); }

  // Replaces the file; says on standard error how many findings it cannot hold.
  Status write(const AuditResult& result);

 private:
  std::string path_;
  Outputs outputs_;
  int output_ = -1;
};

}  // namespace xsaudit
