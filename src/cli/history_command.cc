// xsaudit history PATH… --access-log FILE…, xsaudit history PATH… DIR
#include "audit/node_history.h"
#include "base/escape.h"
#include "cli/command_line.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/log_options.h"
#include "cli/options/policy.h"
#include "cli/output.h"
#include "report/history_report.h"
#include "report/recorded_history_report.h"
#include "source/recorder/recorder_folder.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr const char* kHistoryDescription =
    "Lists what happened to nodes and the nodes below them. From a log of the daemon: each\n"
    "change with its time, the connection that made it, and whether it took effect, and refused\n"
    "attempts; removals of a directory above a node, too. From DIR, what a flight recorder\n"
    "wrote (xsaudit watch --record DIR): each change with its time, and value and permissions\n"
    "before and after it.\n";

constexpr const char* kHistoryFooter =
    "Exit status: 0 answered, 2 not answered, 3 answered, but a part of the log or of the\n"
    "recording was missing.\n"
    "\n"
    "A log is oxenstored's access log, in its own files or as syslog writes it (XCP-ng,\n"
    "XenServer), or a trace of C xenstored. Rotated and packed files may be given in any order.\n"
    "\n"
    "Examples:\n"
    "  xsaudit history /local/domain/3/device/vif/0 --access-log "
    "/var/log/xen/xenstored-access.log*\n"
    "  xsaudit history /vm /libxl/3 --format json --access-log xenstored-access.log\n"
    "  xsaudit history /local/domain/3/device/vif/0 /var/lib/xsaudit/recorder";

struct HistoryChoices {
  std::vector<std::string> paths;
  std::string format = "text";
  bool show_secrets = false;
  LogOptions log;
  ConfinementChoice confinement;
  PolicyOptions policy;

  void add_to(CommandLine& app) {
    app.add_option("PATH", paths,
                   "paths of nodes; without --access-log the last argument is the folder\n"
                   "of a flight recorder")
        ->type_name("")
        ->required();
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

  // Without a log the last argument is the recording.
  Status check() {
    if (!log.given()) {
      if (paths.size() < 2) {
        return Error{
            "", "no log and no recording were given",
            "name the files of a log with --access-log, or the folder of a flight recorder "
            "after the paths"};
      }
      recording = paths.back();
      paths.pop_back();
    }
    for (const std::string& path : paths) {
      if (const std::string problem = path_problem(path); !problem.empty()) {
        return Error{single_quoted(path), problem,
                     log.given() ? "a log file is given with --access-log" : ""};
      }
    }
    return ok();
  }

  std::string recording;  // empty: a log was given
};

int answer(const std::string& text, bool complete) {
  if (const Status written = write_standard_output(text); !written) return fail(written.error());
  return complete ? kExitClean : kExitIncomplete;
}

int show_recording(const HistoryChoices& choices, const Schema& schema) {
  auto folder = RecorderFolder::open(choices.recording);
  if (!folder) return fail(folder.error());
  if (!*folder) {
    return fail(Error{escape_shortened(choices.recording),
                      "it has no segments of a flight recorder",
                      "xsaudit watch --record makes them"});
  }
  const Status confined = choices.confinement.confine((*folder)->descriptors());
  if (!confined) return fail(confined.error());
  RecorderFolder::History history = (*folder)->history(choices.paths, RecordedHistory::kMostEvents);
  if (!history.begins) {
    return fail(history.gaps.empty() ? "the recording is empty" : history.gaps.front());
  }
  const bool complete = history.gaps.empty();
  const RecordedHistory report =
      report_recorded(schema, choices.recording, std::move(history), choices.show_secrets);
  return answer(choices.format == "json" ? write_recorded_history_json(report)
                                         : write_recorded_history_text(report),
                complete);
}

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
  if (!choices.recording.empty()) return show_recording(choices, *schema);
  if (const Status opened = choices.log.open(); !opened) return fail(opened.error());
  const Status confined = choices.confinement.confine(choices.log.descriptors());
  if (!confined) return fail(confined.error());
  const auto log = choices.log.read();
  if (!log) return fail(log.error());

  const HistoryReport report = report_history(*schema, *log, choices.paths, choices.show_secrets);
  return answer(choices.format == "json" ? write_history_json(report) : write_history_text(report),
                report.gaps.empty() && report.lines > 0);
}

}  // namespace xsaudit
