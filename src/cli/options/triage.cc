#include "cli/options/triage.h"

#include <filesystem>

#include "base/calendar.h"
#include "base/escape.h"
#include "base/number_text.h"
#include "base/wording.h"
#include "cli/command_line.h"
#include "cli/configuration.h"
#include "report/baseline_file.h"
#include "report/suggestions.h"

namespace xsaudit {

namespace {

constexpr const char* kTriageGroup = "Suppressions and baseline";
constexpr std::size_t kMaxEntries = 20;
constexpr const char* kSuppressionsOfHost = "/etc/xsaudit/suppress.yaml";

}  // namespace

void TriageOptions::add_known_to(CommandLine& app) {
  app.add_option("--suppress", suppressions,
                 "do not count the findings that FILE lists with a reason and an\n"
                 "expiry date; may be repeated. Default: /etc/xsaudit/suppress.yaml\n"
                 "if it exists; \"none\" disables it")
      ->type_name("FILE")
      ->one_at_a_time()
      ->group(kTriageGroup);
  app.add_option("--baseline", baseline, "do not count the findings in this baseline")
      ->type_name("FILE")
      ->group(kTriageGroup);
}

void TriageOptions::add_to(CommandLine& app) {
  add_known_to(app);
  app.add_flag("--show-suppressed", show_suppressed, "show suppressed and known findings in full")
      ->group(kTriageGroup);
  app.add_option("--suggest-suppressions", suggestions,
                 "print entries for a suppression file instead of the report; they expire\n"
                 "after DAYS, as 90d")
      ->type_name("DAYS")
      ->group(kTriageGroup);
  app.add_option("--write-baseline", new_baseline, "write a baseline of the current findings")
      ->type_name("FILE")
      ->group(kTriageGroup);
}

Result<std::optional<Day>> TriageOptions::suggestions_expire(Day today) const {
  std::optional<Day> last;
  if (suggestions.empty()) return last;
  std::uint32_t days = 0;
  constexpr std::uint32_t kMost = 3660;  // ten years
  const bool known =
      suggestions.back() == 'd' &&
      whole_number(std::string_view(suggestions).substr(0, suggestions.size() - 1), days);
  if (!known || days == 0 || days > kMost) {
    return Error{"",
                 "--suggest-suppressions: '" + escape_shortened(suggestions) +
                     "' is not a number of days up to 3660",
                 "for example 90d"};
  }
  last = today + std::chrono::days(days);
  return last;
}

Status TriageOptions::load(const Schema& schema, Authors authors, AuditOptions& audit) const {
  XSAUDIT_ASSIGN(const auto now, current_time());
  audit.time = now.time_since_epoch().count();
  audit.today = std::chrono::floor<std::chrono::days>(now);

  std::vector<std::string> files = suppressions;
  std::error_code failed;
  if (files.empty() && std::filesystem::exists(kSuppressionsOfHost, failed)) {
    files.emplace_back(kSuppressionsOfHost);
  }
  for (const std::string& file : files) {
    if (file == "none") continue;
    XSAUDIT_ASSIGN(const auto text, read_trusted_file(file, authors));
    XSAUDIT_ASSIGN(const auto more, load_suppressions(text, schema.variables()));
    audit.suppressions.insert(audit.suppressions.end(), more.begin(), more.end());
  }
  if (baseline.empty()) return ok();
  XSAUDIT_ASSIGN(const auto text, read_trusted_file(baseline, authors));
  XSAUDIT_ASSIGN(audit.baseline, read_baseline(baseline, text.text));
  return ok();
}

Status NewBaseline::open(const std::string& path) {
  path_ = path;
  if (path.empty()) return ok();
  XSAUDIT_ASSIGN(output_, outputs_.open(path));
  return outputs_.start();
}

void NewBaseline::say_what_is_left_out(const AuditResult& result) const {
  const std::vector<const Finding*> left_out = unnameable(result);
  if (left_out.empty()) return;
  complain(Error{escape(path_),
                 plural(left_out.size(), "finding is", "findings are") +
                     " not in it: no reliable UUID of a guest and no content identifies " +
                     (left_out.size() == 1 ? "it" : "them"),
                 "these are entries for a suppression file"});
  std::vector<const Finding*> shown = left_out;
  if (shown.size() > kMaxEntries) shown.resize(kMaxEntries);
  const auto now = current_time();
  const Day today = now ? std::chrono::floor<std::chrono::days>(*now) : Day();
  std::fputs(suppression_file(result, shown, today + std::chrono::days(90)).c_str(), stderr);
  if (left_out.size() > shown.size()) {
    complain("and " + std::to_string(left_out.size() - shown.size()) +
             " more: --suggest-suppressions");
  }
}

Status NewBaseline::write(const AuditResult& result) {
  if (path_.empty()) return ok();
  say_what_is_left_out(result);
  const Status written = outputs_.write(output_, write_baseline(baseline_of(result)));
  return written ? outputs_.commit() : written;
}

}  // namespace xsaudit
