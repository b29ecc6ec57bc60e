// xsaudit audit [DUMP…]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "audit/auditor.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/number_text.h"
#include "base/parallel_for.h"
#include "cli/audit_input.h"
#include "cli/command_line.h"
#include "cli/configuration.h"
#include "cli/deferred_snapshot.h"
#include "cli/host_probe.h"
#include "cli/options/automation.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/log_options.h"
#include "cli/options/policy.h"
#include "cli/options/recording_options.h"
#include "cli/options/report_choice.h"
#include "cli/options/triage.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "report/phrases.h"
#include "report/suggestions.h"

namespace xsaudit {
namespace {

struct Options {
  std::vector<std::string> dumps;
  std::string name;  // of the host that a single recording comes from
  std::string at;    // the time of the recordings that is audited
  ReportChoice reports;
  std::string fail_on = "low";
  RunningDomains domains;
  std::vector<Domid> privileged;
  std::string profile;
  std::vector<std::string> quota;
  unsigned int recheck_after = 10;   // seconds
  unsigned int judge_timeout = 120;  // seconds; 0: no limit
  unsigned int jobs = 0;             // threads; 0: one for each core
  bool accept_incomplete = false;
  bool quiet = false;
  bool trust_files = false;
  bool show_secrets = false;
  TriageOptions triage;
  bool require_dm_restrict = false;
  RecordingOptions recordings;
  LogOptions log;
  LiveOptions live;
  HostProbeOptions host;
  Automation automation;
  ConfinementChoice confinement;
  Configuration configuration;
  PolicyOptions policy_options;
};

constexpr const char* kAuditDescription =
    "Audits the live store of this host, or recordings. Each finding names the faulty nodes,\n"
    "the domains that could have written them, and the steps to fix the fault.\n";

constexpr const char* kAuditFooter =
    "Exit status: 0 audited completely, no findings; 1 findings at or above --fail-on; 2 not\n"
    "audited (usage, schema, rules, a source that cannot be read, output that cannot be\n"
    "written); 3 no such finding, but the audit is incomplete.\n"
    "With --format nagios: 0 OK; 1 warning, a low or medium finding; 2 critical, a high or\n"
    "critical finding; 3 unknown, the audit is incomplete or did not take place. Critical comes\n"
    "before unknown, unknown before warning.\n"
    "\n"
    "A recording is the output of xsaudit snapshot or xenstore-ls, or a dump by the daemon. It\n"
    "may be packed with gzip or zstd. A status report of XenServer or XCP-ng, packed or as a\n"
    "folder, is a recording, too. Record with xenstore-ls -fp if xsaudit snapshot is not\n"
    "available.\n"
    "\n"
    "Examples:\n"
    "  xsaudit audit                          audit the store of this host\n"
    "  xenstore-ls -fp | xsaudit audit -      audit a recording from standard input\n"
    "  ssh root@HOST xenstore-ls -fp | xsaudit audit --name HOST -\n"
    "                                         audit a host that cannot run xsaudit\n"
    "  xsaudit audit --domains 0,1,4 old.txt  audit a recording; domains 0, 1 and 4 were running\n"
    "  xsaudit audit --quiet                  for cron: print nothing if the exit status is 0\n"
    "  xsaudit audit --format json -o r.json old.txt\n"
    "  xsaudit audit --report html=r.html --report sarif=r.sarif";

void add_options(CommandLine& app, Options& options) {
  app.add_option("DUMP", options.dumps,
                 "recordings to audit, \"-\" for standard input; default: the live store")
      ->type_name("");
  app.add_option("--name", options.name,
                 "use NAME as the host of a single recording, in suppressions and\n"
                 "baselines, and as the name of standard input in reports")
      ->type_name("NAME");
  app.add_option("--at", options.at,
                 "use the store that a flight recorder (xsaudit watch --record)\n"
                 "recorded at TIME, such as 2026-11-29T03:35:01Z, 03:35 (local time) or\n"
                 "\"15m ago\"; DIR@TIME names it as well")
      ->type_name("TIME");
  options.reports.add_to(app);
  app.add_option("--fail-on", options.fail_on, "exit with 1 for findings of this severity or above")
      ->one_of({"low", "medium", "high", "critical"})
      ->type_name("SEVERITY")
      ->capture_default_str();
  app.add_flag("--accept-incomplete", options.accept_incomplete,
               "treat an incomplete audit as success (exit 0 instead of 3); an\n"
               "empty store still fails");
  app.add_flag("-q,--quiet", options.quiet,
               "print nothing on standard output when the exit status is 0");
  options.domains.add_to(app);
  RecordingOptions::add_privileged(app, options.privileged);
  app.add_option("--profile", options.profile,
                 "assume that this toolstack created all domains; default: detect it")
      ->type_name("PROFILE");
  app.add_flag("--show-secrets", options.show_secrets,
               "print passwords and other secrets, which are redacted by default");
  app.add_flag("--require-dm-restrict", options.require_dm_restrict,
               "report every device model that is not restricted as a finding");
  app.add_option("--quota", options.quota,
                 "use these quotas of the daemon, named as in schema/limits.yaml;\n"
                 "0 means unlimited")
      ->type_name("LIMIT=COUNT,...")
      ->delimiter(',')
      ->one_at_a_time();
  app.add_option("--recheck-after", options.recheck_after,
                 "re-check transient findings of a live store after SECONDS and report\n"
                 "only those that persist; 0 disables")
      ->between(0, 3600)
      ->type_name("SECONDS")
      ->capture_default_str();
  app.add_option("--judge-timeout", options.judge_timeout,
                 "limit for each evaluation of the rules; unfinished rules are listed as\n"
                 "not evaluated; 0 means unlimited")
      ->between(0, 86'400)
      ->type_name("SECONDS")
      ->capture_default_str();
  app.add_option("--jobs", options.jobs,
                 "threads that read recordings and evaluate rules; the report is the\n"
                 "same for any number; 0 means one for each core")
      ->between(0, 1024)
      ->type_name("N")
      ->capture_default_str();
  options.triage.add_to(app);
  options.log.add_to(app, "--access-log",
                     "read these log files of the daemon, which prove the author of a wrong\n"
                     "node; for one store only");
  options.recordings.add_to(app);
  options.live.add_to(app);
  options.host.add_to(app);
  options.host.add_event_channels_to(app);
  options.automation.add_to(app);
  options.confinement.add_to(app);
  options.configuration.add_to(app);
  app.add_flag("--trust-files", options.trust_files,
               "use configuration, suppressions, baseline, schema and rules of a live\n"
               "audit even if users other than root could have written them");
  options.policy_options.add_to(app);
}

std::size_t threads_of(const Options& options) {
  return options.jobs == 0 ? usable_cores() : options.jobs;
}

std::vector<AuditInput> take_up_sources(const Options& options, const Schema& schema,
                                        HostProbe* host, DeferredSnapshot* second_reading,
                                        Progress& progress) {
  std::vector<AuditInput> sources;
  if (options.dumps.empty()) {
    sources.push_back(AuditInput::live(options.live, progress, host, second_reading));
  }
  DumpOptions dumps = options.recordings.dump_options(schema);
  dumps.threads = threads_of(options) / std::max<std::size_t>(options.dumps.size(), 1);
  for (const std::string& name : options.dumps)
    sources.push_back(AuditInput::recording(name, dumps, options.name, options.at));
  return sources;
}

// The processes that are started for a live store before the confinement.
struct Helpers {
  std::optional<HostProbe> host;                   // empty without host facts
  std::optional<DeferredSnapshot> second_reading;  // empty if the store is read once
};

Result<Helpers> start_helpers(const Options& options, const Schema& schema) {
  Helpers helpers;
  if (!options.dumps.empty()) return helpers;
  if (options.host.wanted()) {
    XSAUDIT_ASSIGN(auto started, HostProbe::start(schema, options.live, options.privileged,
                                                  options.host.event_channels));
    helpers.host.emplace(std::move(started));
  }
  if (options.recheck_after > 0) {
    HostProbe* const host = helpers.host ? &*helpers.host : nullptr;
    XSAUDIT_ASSIGN(auto started, DeferredSnapshot::start(options.live, options.confinement, host));
    helpers.second_reading.emplace(std::move(started));
  }
  return helpers;
}

Status confine(Options& options, std::vector<AuditInput>& sources, const Outputs& outputs,
               const NewBaseline& baseline, const Helpers& helpers) {
  std::vector<int> keep = outputs.descriptors();
  const auto add = [&](const std::vector<int>& more) {
    keep.insert(keep.end(), more.begin(), more.end());
  };
  add(baseline.descriptors());
  add(options.automation.descriptors());
  add(options.log.descriptors());
  if (helpers.host) add(helpers.host->descriptors());
  if (helpers.second_reading) add(helpers.second_reading->descriptors());
  return confine(options.confinement, sources, std::move(keep));
}

// The profile that --profile names.
Result<std::optional<ProfileTable::Index>> profile_of(const Options& options,
                                                      const ProfileTable& profiles) {
  std::optional<ProfileTable::Index> index;
  if (options.profile.empty()) return index;
  std::vector<std::string_view> names;
  for (const ProfileTable::Profile& profile : profiles.profiles()) {
    if (profile.name == options.profile) index = names.size();
    names.emplace_back(profile.name);
  }
  if (index) return index;
  std::string known;
  for (const std::string_view name : names) known.append(known.empty() ? "" : ", ").append(name);
  return Error{"",
               "--profile: the schema has no profile '" + escape_shortened(options.profile) + "'",
               "it has " + known};
}

// The limits of --quota: "nodes=2000" and so on.
Result<std::vector<std::pair<std::string, std::int64_t>>> quota_of(const Options& options,
                                                                   const LimitTable& limits) {
  std::vector<std::pair<std::string, std::int64_t>> quota;
  for (const std::string& text : options.quota) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string name = text.substr(0, equals);
    std::uint32_t count = 0;
    if (!whole_number(std::string_view(text).substr(std::min(equals + 1, text.size())), count)) {
      return Error{"", "--quota: '" + escape_shortened(text) + "' is not LIMIT=COUNT",
                   "for example nodes=2000"};
    }
    if (limits.find(name) == nullptr) {
      return Error{"", "--quota: there is no limit '" + escape_shortened(name) + "'",
                   "use a name of schema/limits.yaml"};
    }
    quota.emplace_back(name, count);
  }
  return quota;
}

// A live audit runs as root and unattended.
Authors authors_of(const Options& options) {
  return options.dumps.empty() && !options.trust_files ? Authors::root : Authors::any;
}

Result<AuditOptions> audit_options(const Options& options, const Schema& schema) {
  AuditOptions audit;
  audit.fail_on = *parse_severity(options.fail_on);
  XSAUDIT_ASSIGN(audit.alive, options.domains.read());
  audit.privileged = options.privileged;
  XSAUDIT_ASSIGN(audit.profile, profile_of(options, schema.profiles()));
  XSAUDIT_ASSIGN(audit.quota, quota_of(options, schema.limits()));
  XSAUDIT_TRY(options.triage.load(schema, authors_of(options), audit));
  audit.with_state = audit.baseline.has_value() || !options.triage.new_baseline.empty();
  audit.show_secrets = options.show_secrets;
  audit.judging.most = std::chrono::seconds(options.judge_timeout);
  if (options.require_dm_restrict) audit.required.emplace_back("dm-restrict");
  return audit;
}

// The store of an input, with the log if there is one. A gap of the log is one of the audit.
Result<Snapshot> read(AuditInput& source, LogOptions& log) {
  auto snapshot = source.read();
  if (!snapshot || !log.given()) return snapshot;
  XSAUDIT_ASSIGN(auto read, log.read());
  for (const std::string& gap : read.gaps()) snapshot->info().add_gap("--access-log", gap);
  if (read.empty()) snapshot->info().add_gap("--access-log", "the log is empty");
  snapshot->info().access_log = std::make_shared<const AccessLog>(std::move(read));
  return snapshot;
}

// Only the live store can be read again.
AuditResult audit(const Policy& policy, AuditOptions how, std::vector<AuditInput>& sources,
                  LogOptions& log, const Auditor::Resample& resample, std::size_t threads,
                  Progress& progress) {
  const std::size_t rules = policy.rules.rules().size() * sources.size();
  std::atomic<std::size_t> done = 0;
  how.work.on_progress = [&](std::size_t) {
    if (done == 0) progress.phase("judging");
    progress.step(++done, "rules", rules);
  };
  // Sources first: they share nothing. Threads that are left help with the rules of each.
  const std::size_t at_once = std::min(threads, sources.size());
  how.work.threads = threads / at_once;
  Auditor auditor(policy.schema, policy.rules, std::move(how));
  std::vector<std::optional<SourceAudit>> audits(sources.size());
  parallel_for(sources.size(), at_once, [&](std::size_t i) {
    audits[i] = auditor.audit(sources[i].name(), read(sources[i], log), resample);
  });
  progress.clear();
  for (auto& one : audits) auditor.add(*std::move(one));
  return std::move(auditor).finish();
}

}  // namespace

int run_audit(const Arguments& arguments) {
  Options options;
  CommandLine app(kAuditDescription, "xsaudit audit");
  app.footer(kAuditFooter);
  add_options(app, options);
  ReportChoice::expect_failures(arguments);
  if (const auto status = app.parse(arguments)) return *status;
  const Status configured = options.configuration.apply(app, authors_of(options));
  if (!configured) return fail(configured.error());
  options.reports.expect_failures();
  if (options.configuration.show()) return print(options.configuration.text(app));
  if (std::count(options.dumps.begin(), options.dumps.end(), "-") > 1) {
    return fail(Error{"", "standard input can be read only once", "give - only once"});
  }
  if (!options.name.empty() && options.dumps.size() != 1) {
    return fail(Error{"", "--name names the host of exactly one recording",
                      "audit the recordings of several hosts by their file names"});
  }

  if (options.log.given() && options.dumps.size() > 1) {
    return fail(
        Error{"", "--access-log belongs to one store", "audit one recording, or the live store"});
  }

  const auto policy = options.policy_options.load(authors_of(options));
  if (!policy) return fail(policy.error());
  auto how = audit_options(options, policy->schema);
  if (!how) return fail(how.error());
  const auto expire = options.triage.suggestions_expire(how->today);
  if (!expire) return fail(expire.error());
  const Status alone = options.automation.begin(options.dumps.empty());
  if (!alone) return fail(alone.error());
  Outputs outputs;
  if (const Status opened = options.reports.open(outputs); !opened) return fail(opened.error());
  if (const Status started = outputs.start(); !started) return fail(started.error());
  NewBaseline baseline;
  const Status opened = baseline.open(options.triage.new_baseline);
  if (!opened) return fail(opened.error());
  auto helpers = start_helpers(options, policy->schema);
  if (!helpers) return fail(helpers.error());
  HostProbe* const host = helpers->host ? &*helpers->host : nullptr;
  DeferredSnapshot* const second = helpers->second_reading ? &*helpers->second_reading : nullptr;
  Progress progress;
  std::vector<AuditInput> sources =
      take_up_sources(options, policy->schema, host, second, progress);
  if (const Status log = options.log.open(); !log) return fail(log.error());
  const Status confined = confine(options, sources, outputs, baseline, *helpers);
  if (!confined) return fail(confined.error());

  Auditor::Resample resample;
  if (second != nullptr) {
    resample = [&] {
      std::this_thread::sleep_for(std::chrono::seconds(options.recheck_after));
      return second->take();
    };
  }
  const AuditResult result = audit(*policy, *std::move(how), sources, options.log, resample,
                                   threads_of(options), progress);
  for (const SourceSummary& source : result.sources) {
    if (!source.error.empty()) complain(source.error);
  }

  const int status = baseline.wanted()
                         ? exit_status_with_baseline(result, options.accept_incomplete)
                         : exit_status(result, options.accept_incomplete);
  const bool quiet = options.quiet && status == kExitClean && !options.reports.for_monitoring();
  const ReportChoice::Shown shown{.none = quiet || expire->has_value(),
                                  .suppressed = options.triage.show_suppressed,
                                  .only_faulty = options.quiet,
                                  .accept_incomplete = options.accept_incomplete};
  Status written = options.reports.write(outputs, result, shown);
  if (written && expire->has_value()) {
    written =
        write_standard_output(suppression_file(result, worst_first(result.findings), **expire));
  }
  if (written) written = outputs.commit();
  // After an audit that could not read its sources, a baseline would report everything as fixed.
  if (written && status != kExitNotAudited) written = baseline.write(result);
  if (written) written = options.automation.log(result, status);
  if (!written) return fail(written.error());
  return options.reports.exit_status(result, shown, status);
}

}  // namespace xsaudit
