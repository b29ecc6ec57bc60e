// xsaudit diff OLD NEW
#include "audit/store_diff.h"
#include "cli/audit_input.h"
#include "cli/command_line.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/policy.h"
#include "cli/options/recording_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "report/diff_report.h"

namespace xsaudit {
namespace {

constexpr const char* kDiffDescription =
    "Lists the differences of two stores: nodes that came, went or changed, the domains that\n"
    "could have changed them by the permissions of the old store, and findings that came and\n"
    "went. A guest is recognised by its UUID, so another domid is not a difference. Nodes that\n"
    "the schema calls volatile are counted and not listed.\n";

constexpr const char* kDiffFooter =
    "Exit status: 0 same, 1 different, 2 not compared, 3 same, but data was missing.\n"
    "\n"
    "Examples:\n"
    "  xsaudit diff yesterday.txt today.txt\n"
    "  xsaudit diff good.snapshot live        compare a recording with the live store";

// The name of the live store among the arguments.
constexpr const char* kLive = "live";

struct DiffChoices {
  std::string older;
  std::string newer;
  std::string format = "text";
  std::vector<Domid> privileged;
  LiveOptions live;
  RecordingOptions recording;
  ConfinementChoice confinement;
  PolicyOptions policy;

  void add_to(CommandLine& app) {
    app.add_option("OLD", older, "older store: a recording, or \"live\"")
        ->type_name("")
        ->required();
    app.add_option("NEW", newer, "newer store")->type_name("")->required();
    app.add_option("-f,--format", format, "format of the differences")
        ->one_of({"text", "json", "html"})
        ->type_name("FORMAT")
        ->capture_default_str();
    RecordingOptions::add_privileged(app, privileged);
    policy.add_to(app);
    live.add_to(app);
    recording.add_to(app);
    confinement.add_to(app);
  }

  AuditInput input(const std::string& name, Progress& progress, const Schema& schema) const {
    return name == kLive ? AuditInput::live(live, progress, nullptr)
                         : AuditInput::recording(name, recording.dump_options(schema));
  }
};

}  // namespace

int run_diff(const Arguments& arguments) {
  DiffChoices choices;
  CommandLine app(kDiffDescription, "xsaudit diff");
  app.footer(kDiffFooter);
  choices.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;
  if (choices.older == choices.newer && (choices.older == kLive || choices.older == "-")) {
    return fail(Error{"", "the two stores are the same", "only one of them can be live or -"});
  }

  const auto policy = choices.policy.load();
  if (!policy) return fail(policy.error());
  Progress progress;
  AuditInput inputs[] = {choices.input(choices.older, progress, policy->schema),
                         choices.input(choices.newer, progress, policy->schema)};
  const Status confined = confine(choices.confinement, inputs);
  if (!confined) return fail(confined.error());
  const auto older = inputs[0].read();
  if (!older) return fail(older.error());
  const auto newer = inputs[1].read();
  if (!newer) return fail(newer.error());

  AuditOptions options;
  options.privileged = choices.privileged;
  const StoreDiff diff = compare_stores(policy->schema, policy->rules, options, older, newer);
  const std::string text = choices.format == "json"   ? write_diff_json(diff)
                           : choices.format == "html" ? write_diff_html(diff)
                                                      : write_diff_text(diff);
  if (const Status written = write_standard_output(text); !written) return fail(written.error());
  if (!diff.same()) return kExitFindings;
  return diff.not_compared.empty() ? kExitClean : kExitIncomplete;
}

}  // namespace xsaudit
