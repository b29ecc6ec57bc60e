// The baseline that an audit writes (--write-baseline), apart from its reports: what did not see
// its sources may be reported, but must not become known. Opened before the program is confined.
// Used by one thread.
#pragma once

#include <string>
#include <vector>

#include "audit/result.h"
#include "cli/output.h"

namespace xsaudit {

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
