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
#include "cli/options/policy.h"
#include "cli/options/recording_options.h"
#include "cli/options/report_choice.h"
#include "cli/options/triage.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace xsaudit {
namespace {

struct Options {
  std::vector<std::string> dumps;
  ReportChoice reports;
  std::string fail_on = "low";
  std::vector<Domid> domains;
  std::vector<Domid> privileged;
  std::string profile;
  std::vector<std::string> quota;
  unsigned int settle = 10;          // seconds
  unsigned int judge_timeout = 120;  // seconds; 0: no limit
  bool accept_incomplete = false;
  bool quiet = false;
  bool show_secrets = false;
  TriageOptions set_aside;
  bool require_dm_restrict = false;
  RecordingOptions recordings;
  LiveOptions live;
  HostProbe host;
  Automation unattended;
  ConfinementChoice confinement;
  Configuration configuration;
  PolicyOptions knowledge;
};

constexpr const char* kAuditDescription =
    "Audits the live store of this host, or recorded ones, and says which nodes are not what they\n"
    "should be, who could have made them so, and what to do.\n";

constexpr const char* kAuditFooter =
    "Exit status: 0 audited completely and nothing found, 1 findings at or above --fail-on, 2 not\n"
    "audited (usage, schema, rules, a source that cannot be read, output that cannot be written),\n"
    "3 no such finding but not everything could be judged.\n"
    "\n"
    "A recording is what xsaudit snapshot or xenstore-ls printed, or a daemon's own dump; it may "
    "be\n"
    "packed with gzip or zstd. What xenstore-ls -fp prints says most of what a client can.\n"
    "\n"
    "Examples:\n"
    "  xsaudit audit                          the store of this host\n"
    "  xenstore-ls -fp | xsaudit audit -      the same, recorded on the way\n"
    "  xsaudit audit --domains 0,1,4 old.txt  a recording; these domains were alive then\n"
    "  xsaudit audit --quiet                  for cron: prints nothing unless something is wrong\n"
    "  xsaudit audit --format json -o r.json old.txt\n"
    "  xsaudit audit --report html=r.html --report sarif=r.sarif";

void add_options(CommandLine& app, Options& options) {
  app.add_option("DUMP", options.dumps,
                 "recordings; \"-\": standard input; without any, the live store")
      ->type_name("");
  options.reports.add_to(app);
  app.add_option("--fail-on", options.fail_on, "lowest severity that makes the exit status 1")
      ->one_of({"low", "medium", "high", "critical"})
      ->type_name("SEVERITY")
      ->capture_default_str();
  app.add_flag("--accept-incomplete", options.accept_incomplete,
               "exit with 0 instead of 3; never for an empty store");
  app.add_flag("-q,--quiet", options.quiet,
               "print nothing on standard output when the exit status is 0");
  RecordingOptions::add_domains(app, options.domains);
  app.add_option("--privileged", options.privileged,
                 "domids that may do everything, beside 0: a toolstack domain")
      ->type_name("DOMID,...")
      ->delimiter(',')
      ->one_at_a_time()
      ->between(0, kFirstReservedDomid - 1);
  app.add_option("--profile", options.profile,
                 "toolstack to judge all domains by, whatever the store shows")
      ->type_name("NAME");
  app.add_flag("--show-secrets", options.show_secrets,
               "show passwords and the like, which are left out otherwise");
  app.add_flag("--require-dm-restrict", options.require_dm_restrict,
               "make a finding of every device model that is not restricted");
  app.add_option("--quota", options.quota,
                 "what the daemon was told to allow a domain, by the names of\n"
                 "schema/limits.yaml; 0: anything")
      ->type_name("NAME=COUNT,...")
      ->delimiter(',')
      ->one_at_a_time();
  app.add_option("--settle", options.settle,
                 "look at a live store again after this time if anything found may\n"
                 "pass by itself, and report what is still so; 0: do not")
      ->between(0, 3600)
      ->type_name("SECONDS")
      ->capture_default_str();
  app.add_option("--judge-timeout", options.judge_timeout,
                 "for judging a store, each time it is looked at; rules that are not done by\n"
                 "then are not evaluated; 0: no limit")
      ->between(0, 86'400)
      ->type_name("SECONDS")
      ->capture_default_str();
  options.set_aside.add_to(app);
  options.recordings.add_to(app);
  options.live.add_to(app);
  options.host.add_to(app);
  options.unattended.add_to(app);
  options.confinement.add_to(app);
  options.configuration.add_to(app);
  options.knowledge.add_to(app);
}

std::vector<Domid> privileged_domains(const Options& options) {
  std::vector<Domid> privileged = AuditOptions().privileged;
  privileged.insert(privileged.end(), options.privileged.begin(), options.privileged.end());
  return privileged;
}

std::vector<AuditInput> take_up_sources(const Options& options, const Schema& schema,
                                        HostLooker* host, Progress& progress) {
  std::vector<AuditInput> sources;
  if (options.dumps.empty()) sources.push_back(AuditInput::live(options.live, progress, host));
  const DumpOptions dumps = options.recordings.dump_options(schema);
  for (const std::string& name : options.dumps)
    sources.push_back(AuditInput::recording(name, dumps));
  return sources;
}

// The processes that are started for a live store, while the program may start any.
struct Helpers {
  std::optional<HostLooker> host;  // unless nothing else of the host goes with the store
  std::optional<DeferredSnapshot> later_look;  // unless the store is looked at once
};

Result<Helpers> start_helpers(const Options& options, const Schema& schema) {
  Helpers helpers;
  if (!options.dumps.empty()) return helpers;
  if (options.host.wanted()) {
    XSAUDIT_ASSIGN(auto started,
                   HostLooker::start(schema, options.live, privileged_domains(options)));
    helpers.host.emplace(std::move(started));
  }
  if (options.settle > 0) {
    HostLooker* const host = helpers.host ? &*helpers.host : nullptr;
    XSAUDIT_ASSIGN(auto started, DeferredSnapshot::start(options.live, options.confinement, host));
    helpers.later_look.emplace(std::move(started));
  }
  return helpers;
}

Status confine(const Options& options, std::vector<AuditInput>& sources, const Outputs& outputs,
               const NewBaseline& baseline, const Helpers& helpers) {
  std::vector<int> keep = outputs.descriptors();
  const auto add = [&](const std::vector<int>& more) {
    keep.insert(keep.end(), more.begin(), more.end());
  };
  add(baseline.descriptors());
  add(options.unattended.descriptors());
  if (helpers.host) add(helpers.host->descriptors());
  if (helpers.later_look) add(helpers.later_look->descriptors());
  for (const AuditInput& source : sources) {
    if (source.descriptor() >= 0) keep.push_back(source.descriptor());
  }
  return options.confinement.confine(std::move(keep), [&] {
    for (AuditInput& source : sources) source.connect(options.confinement.user);
  });
}

// What --profile names.
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

// What --quota says: "nodes=2000" and so on.
Result<std::vector<std::pair<std::string, std::int64_t>>> quota_of(const Options& options,
                                                                   const LimitTable& limits) {
  std::vector<std::pair<std::string, std::int64_t>> quota;
  for (const std::string& text : options.quota) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string name = text.substr(0, equals);
    std::uint32_t count = 0;
    if (!whole_number(std::string_view(text).substr(std::min(equals + 1, text.size())), count)) {
      return Error{"", "--quota: '" + escape_shortened(text) + "' is not NAME=COUNT",
                   "nodes=2000, for instance"};
    }
    if (limits.find(name) == nullptr) {
      return Error{"", "--quota: there is no limit '" + escape_shortened(name) + "'",
                   "it is one of schema/limits.yaml"};
    }
    quota.emplace_back(name, count);
  }
  return quota;
}

Result<AuditOptions> audit_options(const Options& options, const Schema& schema) {
  AuditOptions audit;
  audit.fail_on = *parse_severity(options.fail_on);
  if (!options.domains.empty()) audit.alive = options.domains;
  audit.privileged.insert(audit.privileged.end(), options.privileged.begin(),
                          options.privileged.end());
  XSAUDIT_ASSIGN(audit.profile, profile_of(options, schema.profiles()));
  XSAUDIT_ASSIGN(audit.quota, quota_of(options, schema.limits()));
  XSAUDIT_TRY(options.set_aside.load(schema, audit));
  audit.show_secrets = options.show_secrets;
  audit.judging.most = std::chrono::seconds(options.judge_timeout);
  if (options.require_dm_restrict) audit.required.emplace_back("dm-restrict");
  return audit;
}

// The live store is the one source that can be looked at again.
AuditResult audit(const Policy& knowledge, AuditOptions how, std::vector<AuditInput>& sources,
                  const Auditor::Resample& resample, Progress& progress) {
  const std::size_t rules = knowledge.rules.rules().size() * sources.size();
  std::atomic<std::size_t> done = 0;
  how.told = [&](std::size_t) {
    if (done == 0) progress.phase("judging");
    progress.step(++done, "rules", rules);
  };
  Auditor auditor(knowledge.schema, knowledge.rules, std::move(how));
  std::vector<std::optional<SourceAudit>> audits(sources.size());
  parallel_for(sources.size(), [&](std::size_t i) {
    audits[i] = auditor.audit(sources[i].name(), sources[i].read(), resample);
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
  if (const auto status = app.parse(arguments)) return *status;
  const Status configured = options.configuration.apply(app);
  if (!configured) return fail(configured.error());
  if (options.configuration.show()) return print(options.configuration.text(app));
  if (std::count(options.dumps.begin(), options.dumps.end(), "-") > 1) {
    return fail(Error{"", "standard input can be read only once", "give - only once"});
  }

  const auto knowledge = options.knowledge.load();
  if (!knowledge) return fail(knowledge.error());
  auto how = audit_options(options, knowledge->schema);
  if (!how) return fail(how.error());
  const Status alone = options.unattended.begin(options.dumps.empty());
  if (!alone) return fail(alone.error());
  Outputs outputs;
  if (const Status opened = options.reports.open(outputs); !opened) return fail(opened.error());
  if (const Status started = outputs.start(); !started) return fail(started.error());
  NewBaseline baseline;
  const Status opened = baseline.open(options.set_aside.new_baseline);
  if (!opened) return fail(opened.error());
  auto helpers = start_helpers(options, knowledge->schema);
  if (!helpers) return fail(helpers.error());
  HostLooker* const host = helpers->host ? &*helpers->host : nullptr;
  Progress progress;
  std::vector<AuditInput> sources = take_up_sources(options, knowledge->schema, host, progress);
  const Status confined = confine(options, sources, outputs, baseline, *helpers);
  if (!confined) return fail(confined.error());

  Auditor::Resample resample;
  if (helpers->later_look) {
    resample = [&] {
      std::this_thread::sleep_for(std::chrono::seconds(options.settle));
      return helpers->later_look->take();
    };
  }
  const AuditResult result = audit(*knowledge, *std::move(how), sources, resample, progress);
  for (const SourceSummary& source : result.sources) {
    if (!source.error.empty()) fail(source.error);
  }

  const int status = exit_status(result, options.accept_incomplete);
  const bool quiet = options.quiet && status == kExitClean;
  Status written = options.reports.write(outputs, result, quiet, options.set_aside.show_suppressed);
  if (written) written = outputs.commit();
  // Of an audit that did not see its sources a baseline would call everything fixed.
  if (written && status != kExitNotAudited) written = baseline.write(result);
  if (written) written = options.unattended.log(result, status);
  return written ? status : fail(written.error());
}

}  // namespace xsaudit
