// The reports that a command writes, and the options for them: --format, --output, --report,
// --verbose, --color. A plain value; used by one thread. In the order that output.h requires:
// open() before the store is read, write() at the end.
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
  struct Shown {
    bool none = false;         // nothing goes to standard output; files are always written
    bool suppressed = false;   // suppressed and known findings are shown in full
    bool only_faulty = false;  // the report of --format leaves out clean sources
  };
  Status write(Outputs& outputs, const AuditResult& result, const Shown& shown) const;

 private:
  bool wants_colour() const;

  std::string format_ = "text";
  std::string output_;
  std::vector<std::string> reports_;  // "FORMAT=FILE"
  std::string colour_ = "auto";
  bool verbose_ = false;
  std::vector<std::pair<const ReportFormat*, int>> opened_;  // the first is for --format
};

}  // namespace xsaudit
