// xsaudit devices [DUMP]
#include <optional>

#include "audit/auditor.h"
#include "audit/verdict.h"
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

namespace xsaudit {
namespace {

constexpr const char* kDevicesDescription =
    "Lists the devices of the live store, or of a recording, one per line: the toolstack's "
    "record,\n"
    "the states of frontend and backend, and contradictions between them. A line per device model\n"
    "follows: whether it is restricted, with the evidence.\n";

constexpr const char* kDevicesFooter =
    "Exit status: 0 listed, 2 not listed, 3 listed, but data was missing; it is named on standard\n"
    "error. The exit status does not depend on faults of the devices: use xsaudit audit.\n"
    "\n"
    "Examples:\n"
    "  xsaudit devices                        list the devices of this host\n"
    "  xsaudit devices host.txt               list the devices in a recording";

// Notes about guests come from rules. Other results of the rules are not printed.
AuditResult audit(const Policy& policy, const std::vector<Domid>& alive, AuditInput& source) {
  AuditOptions options;
  if (!alive.empty()) options.alive = alive;
  Auditor auditor(policy.schema, policy.rules, options);
  auditor.add(source.name(), source.read());
  AuditResult result = std::move(auditor).finish();
  std::erase_if(result.not_evaluated, [&](const UndecidedRule& entry) {
    return !policy.rules.rules()[entry.rule].is_note;
  });
  return result;
}

}  // namespace

int run_devices(const Arguments& arguments) {
  std::string dump;
  LiveOptions live;
  HostProbeOptions host;
  std::vector<Domid> domains;
  RecordingOptions recording;
  ConfinementChoice confinement;
  PolicyOptions policy_options;
  CommandLine app(kDevicesDescription, "xsaudit devices");
  app.footer(kDevicesFooter);
  app.add_option("DUMP", dump,
                 "recording to read, \"-\" for standard input; default: the live store")
      ->type_name("");
  RecordingOptions::add_domains(app, domains);
  live.add_to(app);
  host.add_to(app);
  recording.add_to(app);
  confinement.add_to(app);
  policy_options.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;

  const auto policy = policy_options.load();
  if (!policy) return fail(policy.error());
  std::optional<HostProbe> probe;
  if (dump.empty() && host.wanted()) {
    auto started = HostProbe::start(policy->schema, live, {});
    if (!started) return fail(started.error());
    probe.emplace(*std::move(started));
  }
  Progress progress;
  AuditInput source = dump.empty()
                          ? AuditInput::live(live, progress, probe ? &*probe : nullptr)
                          : AuditInput::recording(dump, recording.dump_options(policy->schema));
  std::vector<int> keep;
  if (probe) keep = probe->descriptors();
  if (source.descriptor() >= 0) keep.push_back(source.descriptor());
  const Status confined =
      confinement.confine(std::move(keep), [&] { source.connect(confinement); });
  if (!confined) return fail(confined.error());
  const AuditResult result = audit(*policy, domains, source);
  if (const std::string& error = result.sources[0].error; !error.empty()) return fail(error);
  const std::string text = write_device_lines(result, 0);
  if (const Status written = write_standard_output(text); !written) return fail(written.error());
  return report_missing_data(result.sources[0].info);
}

}  // namespace xsaudit
