// The reports that a command writes, and the options for them: --format, --output, --report,
// --color. A plain value; used by one thread. In the order that output.h requires: open() before
// the store is read, write() at the end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "audit/result.h"
#include "cli/output.h"
#include "report/report.h"

namespace xsaudit {

class CommandLine;

class ReportChoice {
 public:
  void add_to(CommandLine& app);

  Status open(Outputs& outputs);
  // With `quiet` nothing is written to standard output. Files are always written.
  Status write(Outputs& outputs, const AuditResult& result, bool quiet, bool show_suppressed) const;

 private:
  bool wants_colour() const;

  std::string format_ = "text";
  std::string output_;
  std::vector<std::string> reports_;  // "FORMAT=FILE"
  std::string colour_ = "auto";
  std::vector<std::pair<const ReportFormat*, int>> opened_;  // the first is for --format
};

}  // namespace xsaudit
