#include "cli/options/triage.h"

#include <filesystem>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/wording.h"
#include "cli/command_line.h"
#include "cli/configuration.h"
#include "report/baseline_file.h"

namespace xsaudit {

namespace {

constexpr const char* kSetAsideGroup = "Findings to live with";
constexpr const char* kSuppressionsOfHost = "/etc/xsaudit/suppress.yaml";

}  // namespace

void TriageOptions::add_to(CommandLine& app) {
  app.add_option("--suppress", suppressions,
                 "findings not to count, each with a reason and an expiry;\n"
                 "may be repeated; \"none\": not even /etc/xsaudit/suppress.yaml")
      ->type_name("FILE")
      ->one_at_a_time()
      ->group(kSetAsideGroup);
  app.add_flag("--show-suppressed", show_suppressed, "show in full what does not count")
      ->group(kSetAsideGroup);
  app.add_option("--baseline", baseline, "findings known before, which do not count either")
      ->type_name("FILE")
      ->group(kSetAsideGroup);
  app.add_option("--write-baseline", new_baseline, "make a baseline of what is found now")
      ->type_name("FILE")
      ->group(kSetAsideGroup);
}

Status TriageOptions::load(const Schema& schema, AuditOptions& audit) const {
  XSAUDIT_ASSIGN(const auto now, current_time());
  audit.today = std::chrono::floor<std::chrono::days>(now);

  std::vector<std::string> files = suppressions;
  std::error_code failed;
  if (files.empty() && std::filesystem::exists(kSuppressionsOfHost, failed)) {
    files.emplace_back(kSuppressionsOfHost);
  }
  for (const std::string& file : files) {
    if (file == "none") continue;
    XSAUDIT_ASSIGN(const auto text, read_trusted_file(file));
    XSAUDIT_ASSIGN(const auto more, load_suppressions(text, schema.variables()));
    audit.suppressions.insert(audit.suppressions.end(), more.begin(), more.end());
  }
  if (baseline.empty()) return ok();
  XSAUDIT_ASSIGN(const auto text, read_trusted_file(baseline));
  XSAUDIT_ASSIGN(audit.baseline, read_baseline(baseline, text.text));
  return ok();
}

Status NewBaseline::open(const std::string& path) {
  path_ = path;
  if (path.empty()) return ok();
  XSAUDIT_ASSIGN(output_, outputs_.open(path));
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
