// xsaudit render RESULT
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/calendar.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/system_io.h"
#include "base/wording.h"
#include "cli/command_line.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/report_choice.h"
#include "report/result_reader.h"

namespace xsaudit {
namespace {

constexpr const char* kRenderDescription =
    "Writes reports from a saved result, identical to those that the audit would have written.\n";

constexpr const char* kRenderFooter =
    "Exit status: 0 if the reports were written, 2 if not. With --format nagios: 0 OK, 1 warning,\n"
    "2 critical, 3 unknown, as for xsaudit audit.\n"
    "\n"
    "Examples:\n"
    "  xsaudit audit --report json=r.json         save a result\n"
    "  xsaudit render r.json --format html -o r.html\n"
    "  xsaudit render r.json --format nagios --max-age 7200";

constexpr unsigned int kMaxAge = 366 * 86'400;

// A clock that is set back must not keep an old result recent.
constexpr std::int64_t kMaxAhead = 300;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86'400;

std::string age_text(std::int64_t seconds) {
  const auto text = [&](std::int64_t unit, const char* one, const char* many) {
    return plural(static_cast<std::uint64_t>(seconds / unit), one, many);
  };
  if (seconds >= 2 * kDay) return text(kDay, "day", "days");
  if (seconds >= 2 * kHour) return text(kHour, "hour", "hours");
  return seconds >= 120 ? text(60, "minute", "minutes") : text(1, "second", "seconds");
}

// Whether every store was read at most `most` seconds ago. One that could not be read has no time;
// it counts as not audited anyhow.
Status check_age(const AuditResult& result, const std::string& file, unsigned int most) {
  XSAUDIT_ASSIGN(const auto now, current_time());
  for (const SourceSummary& source : result.sources) {
    if (!source.error.empty()) continue;
    if (!source.info.time) {
      return Error{escape(file), "the audit has no time, so its age is unknown",
                   "--max-age needs the result of a live store, or of a recording with a time"};
    }
    const std::int64_t age =
        now.time_since_epoch().count() - std::max<std::int64_t>(*source.info.time, 0);
    if (age < -kMaxAhead) {
      return Error{escape(file), "the audit has a time that is yet to come", "check the clock"};
    }
    if (age > most) {
      return Error{escape(file), "the last audit is " + age_text(age) + " old",
                   "--max-age is " + age_text(most)};
    }
  }
  return ok();
}

// Ten times the size of the largest possible result; parsed, it takes several times as much memory.
constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

Result<std::string> read_all(int descriptor, const std::string& name) {
  std::string text;
  if (!read_to_end(descriptor, text, kMaxBytes)) {
    return Error{escape(name), std::string("cannot read it: ") + std::strerror(errno), {}};
  }
  if (text.size() > kMaxBytes) return Error{escape(name), "it is too long for a result", {}};
  return text;
}

}  // namespace

int run_render(const Arguments& arguments) {
  std::string file;
  ReportChoice reports;
  ConfinementChoice confinement;
  CommandLine app(kRenderDescription, "xsaudit render");
  app.footer(kRenderFooter);
  app.add_option("RESULT", file, "result written with --format json; \"-\" for standard input")
      ->type_name("")
      ->required();
  reports.add_to(app);
  bool show_suppressed = false;
  app.add_flag("--show-suppressed", show_suppressed, "show suppressed and known findings in full");
  bool accept_incomplete = false;
  app.add_flag("--accept-incomplete", accept_incomplete,
               "treat an incomplete audit as success in the formats of monitoring\n"
               "systems; an empty store still fails");
  unsigned int max_age = 0;
  app.add_option("--max-age", max_age,
                 "write no report of an audit that is older; for the formats of\n"
                 "monitoring systems its state is unknown")
      ->type_name("SECONDS")
      ->between(1, kMaxAge);
  confinement.add_to(app);
  ReportChoice::expect_failures(arguments);
  if (const auto status = app.parse(arguments)) return *status;

  const int descriptor =
      file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(Error{escape(file), std::string("cannot open it: ") + std::strerror(errno), {}});
  }
  Outputs outputs;
  if (const Status opened = reports.open(outputs); !opened) return fail(opened.error());
  if (const Status started = outputs.start(); !started) return fail(started.error());
  std::vector<int> keep = outputs.descriptors();
  keep.push_back(descriptor);
  const Status confined = confinement.confine(std::move(keep));
  if (!confined) return fail(confined.error());

  const auto text = read_all(descriptor, file);
  if (!text) return fail(text.error());
  const auto result = read_result(*text, file);
  if (!result) return fail(result.error());
  const Status recent = max_age == 0 ? ok() : check_age(*result, file, max_age);
  if (!recent) return fail(recent.error());
  const ReportChoice::Shown shown{.suppressed = show_suppressed,
                                  .accept_incomplete = accept_incomplete};
  Status written = reports.write(outputs, *result, shown);
  if (written) written = outputs.commit();
  if (!written) return fail(written.error());
  return reports.exit_status(*result, shown, kExitClean);
}

}  // namespace xsaudit
