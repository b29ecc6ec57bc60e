// The options for findings that do not count, and their files: suppressions, and the baseline. A
// plain value; used by one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/auditor.h"
#include "audit/result.h"
#include "base/error.h"
#include "cli/configuration.h"
#include "cli/output.h"
#include "schema/schema.h"

namespace xsaudit {

class CommandLine;

struct TriageOptions {
  std::vector<std::string> suppressions;  // empty: the host's own file, if it exists
  std::string baseline;                   // empty: none
  std::string new_baseline;               // empty: none is written
  bool show_suppressed = false;
  std::string suggestions;  // "90d": how long suggested suppressions last; empty: none are wanted

  // Adds --suppress, --show-suppressed, --baseline and --write-baseline.
  void add_to(CommandLine& app);
  // Adds --suppress and --baseline alone.
  void add_known_to(CommandLine& app);
  Status load(const Schema& schema, Authors authors, AuditOptions& audit) const;
  // The last day of suggested suppressions; nothing if none are wanted.
  Result<std::optional<Day>> suggestions_expire(Day today) const;
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

  bool wanted() const { return !path_.empty(); }

  // Replaces the file; prints on standard error how many findings it cannot contain.
  Status write(const AuditResult& result);

 private:
  // The findings that no baseline can hold, by name, with an entry for a suppression file each.
  void say_what_is_left_out(const AuditResult& result) const;

  std::string path_;
  Outputs outputs_;
  int output_ = -1;
};

}  // namespace xsaudit
