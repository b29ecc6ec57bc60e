#include "cli/set_aside.h"

#include <filesystem>

#include "cli/clock.h"
#include "cli/trusted_files.h"
#include "report/baseline_file.h"

namespace xsaudit {
namespace {

constexpr const char* kSetAsideGroup = "Findings to live with";
constexpr const char* kSuppressionsOfHost = "/etc/xsaudit/suppress.yaml";

}  // namespace

void SetAsideOptions::add_to(CLI::App& app) {
  app.add_option("--suppress", suppressions,
                 "findings not to count, each with a reason and an expiry;\n"
                 "may be repeated; \"none\": not even /etc/xsaudit/suppress.yaml")
      ->type_name("FILE")
      ->allow_extra_args(false)
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

Status SetAsideOptions::load(const Schema& schema, AuditOptions& audit) const {
  const auto now = current_time();
  if (!now) return now.error();
  audit.today = std::chrono::floor<std::chrono::days>(*now);

  std::vector<std::string> files = suppressions;
  std::error_code failed;
  if (files.empty() && std::filesystem::exists(kSuppressionsOfHost, failed)) {
    files.emplace_back(kSuppressionsOfHost);
  }
  for (const std::string& file : files) {
    if (file == "none") continue;
    const auto text = read_trusted_file(file);
    if (!text) return text.error();
    const auto more = load_suppressions(*text, schema.variables());
    if (!more) return more.error();
    audit.suppressions.insert(audit.suppressions.end(), more->begin(), more->end());
  }
  if (baseline.empty()) return ok();
  const auto text = read_trusted_file(baseline);
  if (!text) return text.error();
  auto known = read_baseline(baseline, text->text);
  if (!known) return known.error();
  audit.baseline = *std::move(known);
  return ok();
}

}  // namespace xsaudit
