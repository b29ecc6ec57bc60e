// xsaudit devices [DUMP…]
#include <optional>

#include "audit/auditor.h"
#include "audit/verdict.h"
#include "base/escape.h"
#include "cli/audit_input.h"
#include "cli/command_line.h"
#include "cli/host_probe.h"
#include "cli/missing_data.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/policy.h"
#include "cli/options/recording_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "report/device_lines.h"
#include "report/phrases.h"

namespace xsaudit {
namespace {

constexpr const char* kDevicesDescription =
    "Lists the devices of the live store, or of recordings, one per line: the toolstack's\n"
    "record, the states of frontend and backend, the view of domain 0's kernel if it is known,\n"
    "and the rules with findings about it. A line per device model follows: whether it is\n"
    "restricted, with the evidence.\n";

constexpr const char* kDevicesFooter =
    "Exit status: 0 listed, 2 not listed, 3 listed, but data was missing; it is named on\n"
    "standard error. The exit status does not depend on faults of the devices: use xsaudit\n"
    "audit.\n"
    "\n"
    "Examples:\n"
    "  xsaudit devices                        list the devices of this host\n"
    "  xsaudit devices host.txt               list the devices in a recording";

AuditResult audit(const Policy& policy, const std::optional<std::vector<Domid>>& alive,
                  std::vector<AuditInput>& sources) {
  AuditOptions options;
  options.alive = alive;
  Auditor auditor(policy.schema, policy.rules, options);
  for (AuditInput& source : sources) auditor.add(source.name(), source.read());
  return std::move(auditor).finish();
}

// The devices of each source, below its name if there are several; the worst exit status. Rules
// that were not evaluated are listed if they make notes about guests, and otherwise counted.
int print_devices(const RuleSet& rules, AuditResult result) {
  const std::string undecided = undecided_phrase(result);
  std::erase_if(result.not_evaluated,
                [&](const UndecidedRule& entry) { return !rules.rules()[entry.rule].is_note; });
  int status = kExitClean;
  for (std::size_t i = 0; i < result.sources.size(); ++i) {
    const SourceSummary& source = result.sources[i];
    std::string text = result.sources.size() > 1 ? escape(source.info.name) + ":\n" : "";
    if (!source.error.empty()) {
      status = fail(source.error);
      continue;
    }
    text = (i > 0 ? "\n" : "") + text + write_device_lines(result, i);
    if (const Status written = write_standard_output(text); !written) {
      return fail(written.error());
    }
    const int complete = report_missing_data(source.info);
    if (status == kExitClean) status = complete;
  }
  if (!undecided.empty()) {
    const Status written = write_standard_output("\nnot evaluated: " + undecided +
                                                 "; xsaudit audit --verbose lists them\n");
    if (!written) return fail(written.error());
  }
  return status;
}

}  // namespace

int run_devices(const Arguments& arguments) {
  std::vector<std::string> dumps;
  LiveOptions live;
  HostProbeOptions host;
  RunningDomains domains;
  RecordingOptions recording;
  ConfinementChoice confinement;
  PolicyOptions policy_options;
  CommandLine app(kDevicesDescription, "xsaudit devices");
  app.footer(kDevicesFooter);
  app.add_option("DUMP", dumps,
                 "recordings to read, \"-\" for standard input; default: the live store")
      ->type_name("");
  domains.add_to(app);
  live.add_to(app);
  host.add_to(app);
  host.add_event_channels_to(app);
  recording.add_to(app);
  confinement.add_to(app);
  policy_options.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;

  const auto policy = policy_options.load(dumps.empty() ? Authors::root : Authors::any);
  if (!policy) return fail(policy.error());
  const auto alive = domains.read();
  if (!alive) return fail(alive.error());
  std::optional<HostProbe> probe;
  if (dumps.empty() && host.wanted()) {
    auto started = HostProbe::start(policy->schema, live, {}, host.event_channels);
    if (!started) return fail(started.error());
    probe.emplace(*std::move(started));
  }
  Progress progress;
  std::vector<AuditInput> sources;
  if (dumps.empty()) sources.push_back(AuditInput::live(live, progress, probe ? &*probe : nullptr));
  for (const std::string& dump : dumps) {
    sources.push_back(AuditInput::recording(dump, recording.dump_options(policy->schema)));
  }
  const Status confined =
      confine(confinement, sources, probe ? probe->descriptors() : std::vector<int>());
  if (!confined) return fail(confined.error());
  return print_devices(policy->rules, audit(*policy, *alive, sources));
}

}  // namespace xsaudit
