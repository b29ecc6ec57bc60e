// The reports that a command writes, and the options for them: --format, --output, --report,
// --verbose, --color. A plain value; used by one thread. In the order that output.h requires:
// open() before the store is read, write() at the end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "audit/result.h"
#include "cli/command.h"
#include "cli/output.h"
#include "report/report.h"

namespace xsaudit {

class CommandLine;

class ReportChoice {
 public:
  void add_to(CommandLine& app);
  // Lets fail() report a failure as the format for standard output does: the arguments name it
  // before anything else can fail. Once more when all options are known, a file's included.
  static void expect_failures(const Arguments& arguments);
  void expect_failures() const;

  Status open(Outputs& outputs);
  struct Shown {
    bool none = false;               // nothing goes to standard output; files are always written
    bool suppressed = false;         // suppressed and known findings are shown in full
    bool only_faulty = false;        // the report of --format leaves out clean sources
    bool accept_incomplete = false;  // for a monitoring system
  };
  Status write(Outputs& outputs, const AuditResult& result, const Shown& shown) const;
  // Whether a monitoring system reads standard output: it expects a report in any case.
  bool for_monitoring() const;
  // The exit status of the format for standard output, or `usual` if it has none of its own.
  int exit_status(const AuditResult& result, const Shown& shown, int usual) const;

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
