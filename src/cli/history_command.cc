// xsaudit history PATH… --access-log FILE…
#include "audit/node_history.h"
#include "base/escape.h"
#include "cli/command_line.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/log_options.h"
#include "cli/options/policy.h"
#include "cli/output.h"
#include "report/history_report.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr const char* kHistoryDescription =
    "Lists what a log of the daemon contains about nodes and the nodes below them: each change "
    "with\n"
    "its time, the connection that made it, and whether it took effect, and refused attempts.\n"
    "Removals of a directory above a node are listed, too.\n";

constexpr const char* kHistoryFooter =
    "Exit status: 0 answered, 2 not answered, 3 answered, but a part of the log was missing.\n"
    "\n"
    "A log is oxenstored's access log, in its own files or as syslog writes it (XCP-ng,\n"
    "XenServer), or a trace of C xenstored. Rotated and packed files may be given in any order.\n"
    "\n"
    "Examples:\n"
    "  xsaudit history /local/domain/3/device/vif/0 --access-log "
    "/var/log/xen/xenstored-access.log*\n"
    "  xsaudit history /vm /libxl/3 --format json --access-log xenstored-access.log";

struct HistoryChoices {
  std::vector<std::string> paths;
  std::string format = "text";
  bool show_secrets = false;
  LogOptions log;
  ConfinementChoice confinement;
  PolicyOptions policy;

  void add_to(CommandLine& app) {
    app.add_option("PATH", paths, "paths of nodes")->type_name("")->required();
    log.add_to(app, "--access-log,--log", "read these log files of the daemon");
    app.add_option("-f,--format", format, "format of the answer")
        ->one_of({"text", "json"})
        ->type_name("FORMAT")
        ->capture_default_str();
    app.add_flag("--show-secrets", show_secrets,
                 "print passwords and other secrets, which are redacted by default");
    policy.add_schema_to(app);
    confinement.add_to(app);
  }

  Status check() const {
    if (!log.given()) {
      return Error{"", "no log was given", "name its files with --access-log"};
    }
    for (const std::string& path : paths) {
      if (const std::string problem = path_problem(path); !problem.empty()) {
        return Error{single_quoted(path), problem, "a log file is given with --access-log"};
      }
    }
    return ok();
  }
};

}  // namespace

int run_history(const Arguments& arguments) {
  HistoryChoices choices;
  CommandLine app(kHistoryDescription, "xsaudit history");
  app.footer(kHistoryFooter);
  choices.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;
  if (const Status checked = choices.check(); !checked) return fail(checked.error());

  const auto schema = choices.policy.load_schema();
  if (!schema) return fail(schema.error());
  if (const Status opened = choices.log.open(); !opened) return fail(opened.error());
  const Status confined = choices.confinement.confine(choices.log.descriptors());
  if (!confined) return fail(confined.error());
  const auto log = choices.log.read();
  if (!log) return fail(log.error());

  const HistoryReport report = report_history(*schema, *log, choices.paths, choices.show_secrets);
  const std::string text =
      choices.format == "json" ? write_history_json(report) : write_history_text(report);
  if (const Status written = write_standard_output(text); !written) return fail(written.error());
  return report.gaps.empty() && report.lines > 0 ? kExitClean : kExitIncomplete;
}

}  // namespace xsaudit
