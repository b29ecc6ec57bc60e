// xsaudit access PATH…, xsaudit access --domain N
#include <optional>

#include "audit/access_report.h"
#include "base/escape.h"
#include "cli/audit_input.h"
#include "cli/command_line.h"
#include "cli/missing_data.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/policy.h"
#include "cli/options/recording_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "report/access_answers.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr const char* kAccessDescription =
    "Lists the domains that can read, write, remove and decide nodes of the store, each with the\n"
    "node that grants the access. A path need not exist: then the domains that could create it\n"
    "are listed. With --domain, lists everything that one domain can reach outside its home.\n";

constexpr const char* kAccessFooter =
    "Exit status: 0 answered, 2 not answered, 3 answered, but data was missing.\n"
    "\n"
    "Examples:\n"
    "  xsaudit access /local/domain/3/device/vif/0/backend\n"
    "  xsaudit access --store host.txt /libxl/3 /local/domain/3/data/new\n"
    "  xsaudit access --store host.txt --domain 3";

struct AccessChoices {
  std::vector<std::string> paths;
  std::vector<Domid> domain;  // at most one
  std::string store;
  std::string format = "text";
  RunningDomains domains;
  std::vector<Domid> privileged;
  LiveOptions live;
  RecordingOptions recording;
  ConfinementChoice confinement;
  PolicyOptions policy;

  void add_to(CommandLine& app) {
    app.add_option("PATH", paths, "paths of nodes")->type_name("");
    app.add_option("--domain", domain, "show the nodes that this domain can reach outside its home")
        ->type_name("DOMID")
        ->one_at_a_time()
        ->between(0, kFirstReservedDomid - 1);
    app.add_option("--store", store,
                   "read this recording, \"-\" for standard input; default: the live store")
        ->type_name("DUMP");
    app.add_option("-f,--format", format, "format of the answer")
        ->one_of({"text", "json"})
        ->type_name("FORMAT")
        ->capture_default_str();
    domains.add_to(app);
    RecordingOptions::add_privileged(app, privileged);
    policy.add_schema_to(app);
    live.add_to(app);
    recording.add_to(app);
    confinement.add_to(app);
  }

  Status check() const {
    if (paths.empty() == domain.empty()) {
      return Error{"", "expected either paths or --domain", "see xsaudit access --help"};
    }
    if (domain.size() > 1) return Error{"--domain", "more than one domain", ""};
    for (const std::string& path : paths) {
      if (const std::string problem = path_problem(path); !problem.empty()) {
        return Error{single_quoted(path), problem, "a recording is given with --store"};
      }
    }
    return ok();
  }
};

AccessReport answers(const Schema& schema, const Snapshot& snapshot, const AccessChoices& choices,
                     std::optional<std::vector<Domid>> alive) {
  ContextOptions options;
  options.privileged = choices.privileged;
  options.alive = std::move(alive);
  const AuditContext facts(schema, snapshot, std::move(options));
  return report_access(facts, choices.paths,
                       choices.domain.empty() ? std::nullopt : std::optional(choices.domain[0]));
}

}  // namespace

int run_access(const Arguments& arguments) {
  AccessChoices choices;
  CommandLine app(kAccessDescription, "xsaudit access");
  app.footer(kAccessFooter);
  choices.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;
  if (const Status checked = choices.check(); !checked) return fail(checked.error());

  const auto schema = choices.policy.load_schema();
  if (!schema) return fail(schema.error());
  auto alive = choices.domains.read();
  if (!alive) return fail(alive.error());
  Progress progress;
  AuditInput source =
      choices.store.empty()
          ? AuditInput::live(choices.live, progress, nullptr)
          : AuditInput::recording(choices.store, choices.recording.dump_options(*schema));
  const Status confined = confine(choices.confinement, {&source, 1});
  if (!confined) return fail(confined.error());
  const auto snapshot = source.read();
  if (!snapshot) return fail(snapshot.error());

  const AccessReport report = answers(*schema, *snapshot, choices, *std::move(alive));
  const std::string text =
      choices.format == "json" ? write_access_json(report) : write_access_text(report);
  if (const Status written = write_standard_output(text); !written) return fail(written.error());
  const int status = report_missing_data(report.info);
  return report.known() ? status : kExitIncomplete;
}

}  // namespace xsaudit
