// xsaudit snapshot
#include <optional>

#include "audit/verdict.h"
#include "cli/audit_input.h"
#include "cli/command_line.h"
#include "cli/host_probe.h"
#include "cli/live_store.h"
#include "cli/options/confinement_choice.h"
#include "cli/output.h"
#include "source/recording/recording_format.h"

namespace xsaudit {
namespace {

constexpr const char* kSnapshotDescription =
    "Records the live store of this host with the facts that an audit uses besides the nodes:\n"
    "introduced domains, daemon, host, time, and whether the store changed during the reading.\n";

constexpr const char* kSnapshotFooter =
    "Exit status: 0 recorded, 2 not recorded, 3 recorded incompletely. Missing data is listed on\n"
    "standard error and, with --format xsaudit, in the recording.\n"
    "\n"
    "Examples:\n"
    "  xsaudit snapshot -o store.txt     record the store for an audit on another machine\n"
    "  xsaudit snapshot --format ls      print the store exactly as xenstore-ls -fp does";

struct Options {
  std::string format = "xsaudit";
  std::string output;
  bool with_host_facts = false;
  HostProbeOptions host;
  LiveOptions live;
  ConfinementChoice confinement;
};

void add_options(CommandLine& app, Options& options) {
  app.add_option("-f,--format", options.format, "format of the recording")
      ->one_of({"xsaudit", "ls"})
      ->type_name("FORMAT")
      ->capture_default_str();
  app.add_option("-o,--output", options.output,
                 "write the recording to FILE, which is replaced atomically")
      ->type_name("FILE");
  app.add_flag(
      "--with-host-facts", options.with_host_facts,
      "record facts about device models and the kernel's devices\nas well; needs root in domain 0");
  options.host.add_event_channels_to(app);
  options.live.add_to(app);
  options.confinement.add_to(app);
}

void print_gaps(const SnapshotInfo& info) {
  for (const auto& gap : info.gaps) complain(Error{gap.place, gap.what, ""});
  if (info.gap_count > info.gaps.size()) {
    complain("and " + std::to_string(info.gap_count - info.gaps.size()) + " more");
  }
}

}  // namespace

int run_snapshot(const Arguments& arguments) {
  Options options;
  CommandLine app(kSnapshotDescription, "xsaudit snapshot");
  app.footer(kSnapshotFooter);
  add_options(app, options);
  if (const auto status = app.parse(arguments)) return *status;
  if (options.with_host_facts && options.format != "xsaudit") {
    return fail(Error{"", "only the format xsaudit can hold host facts", "leave out --format"});
  }

  if (options.host.event_channels && !options.with_host_facts) {
    return fail(Error{"", "--event-channels needs --with-host-facts", {}});
  }

  Outputs outputs;
  const auto output = outputs.open(options.output);
  if (!output) return fail(output.error());
  if (const Status started = outputs.start(); !started) return fail(started.error());
  const auto schema = Schema::load(embedded_schema());
  if (!schema) return fail(schema.error());
  std::optional<HostProbe> probe;
  if (options.with_host_facts) {
    auto started_probe = HostProbe::start(*schema, options.live, {}, options.host.event_channels);
    if (!started_probe) return fail(started_probe.error());
    probe.emplace(*std::move(started_probe));
  }
  Progress progress;
  AuditInput source = AuditInput::live(options.live, progress, probe ? &*probe : nullptr);
  std::vector<int> keep = outputs.descriptors();
  if (probe) {
    for (const int descriptor : probe->descriptors()) keep.push_back(descriptor);
  }
  const Status confined = confine(options.confinement, {&source, 1}, std::move(keep));
  if (!confined) return fail(confined.error());
  const auto store = source.read();
  if (!store) return fail(store.error());

  const std::string recording =
      options.format == "ls" ? write_listing(*store) : write_recording(*store);
  Status written = outputs.write(*output, recording);
  if (written) written = outputs.commit();
  if (!written) return fail(written.error());
  print_gaps(store->info());
  return store->info().complete() ? kExitClean : kExitIncomplete;
}

}  // namespace xsaudit
