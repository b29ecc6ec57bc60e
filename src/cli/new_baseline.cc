#include "cli/new_baseline.h"

#include "audit/wording.h"
#include "cli/command_line.h"
#include "report/baseline_file.h"
#include "store/escape.h"

namespace xsaudit {

Status NewBaseline::open(const std::string& path) {
  path_ = path;
  if (path.empty()) return ok();
  const auto output = outputs_.open(path);
  if (!output) return output.error();
  output_ = *output;
  return outputs_.start();
}

Status NewBaseline::write(const AuditResult& result) {
  if (path_.empty()) return ok();
  if (const std::uint64_t left_out = unnameable(result); left_out > 0) {
    fail(Error{escape(path_),
               plural(left_out, "finding is", "findings are") + " not in it: whose is not sure",
               "no UUID, or one that a guest could have written; suppress them"});
  }
  const Status written = outputs_.write(output_, write_baseline(baseline_of(result)));
  return written ? outputs_.commit() : written;
}

}  // namespace xsaudit
