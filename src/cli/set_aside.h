// The options by which findings are set aside, and the files behind them: suppressions, and the
// baseline. A plain value; used by one thread.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "audit/auditor.h"
#include "schema/schema.h"
#include "store/error.h"

namespace xsaudit {

struct SetAsideOptions {
  std::vector<std::string> suppressions;  // empty: the host's own file, where there is one
  std::string baseline;                   // empty: none
  std::string new_baseline;               // empty: none is to be written
  bool show_suppressed = false;

  // --suppress, --show-suppressed, --baseline, --write-baseline
  void add_to(CLI::App& app);
  Status load(const Schema& schema, AuditOptions& audit) const;
};

}  // namespace xsaudit
