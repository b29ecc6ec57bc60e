// xsaudit watch
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "audit/store_watch.h"
#include "base/escape.h"
#include "base/service_manager.h"
#include "base/wording.h"
#include "cli/command_line.h"
#include "cli/judging_budget.h"
#include "cli/live_store.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/metrics_file.h"
#include "cli/options/policy.h"
#include "cli/options/recorder_choice.h"
#include "cli/options/recording_options.h"
#include "cli/options/triage.h"
#include "cli/output.h"
#include "cli/stop_signals.h"
#include "report/watch_lines.h"
#include "source/live/store_follower.h"

namespace xsaudit {
namespace {

constexpr const char* kWatchDescription =
    "Follows the live store and prints a line when a finding appears, goes, comes back, or was\n"
    "there only between two changes. It first reports the findings that there are.\n";

constexpr const char* kWatchFooter =
    "It runs until SIGTERM or SIGINT ends it, with exit status 0. Exit status 2: the store\n"
    "cannot be followed, or no longer, as after a restart of xenstored; let the service manager\n"
    "start it again.\n"
    "\n"
    "A process of its own reads the events of xenstored, so that no guest waits for this one. A\n"
    "state that lasts less than the reading of a changed node takes, some tenths of a\n"
    "millisecond, is not seen. A fault that can disappear without intervention, such as a\n"
    "device between two states, is reported once it has been there for two seconds.\n"
    "\n"
    "Examples:\n"
    "  xsaudit watch                          follow the store on a terminal\n"
    "  xsaudit watch --format jsonl           for a log collector\n"
    "  xsaudit watch --format journal | logger --prio-prefix --tag xsaudit\n"
    "                                         to syslog\n"
    "  xsaudit watch --special-only --every 30\n"
    "                                         without a watch for which guests could wait\n"
    "  xsaudit watch --record /var/lib/xsaudit/recorder\n"
    "                                         record every change for a week";

// With --special-only domains that come and go make no more readings than one in this time.
constexpr auto kBetweenWalks = std::chrono::seconds(5);
// As an audit has by default.
constexpr auto kLongestJudging = std::chrono::seconds(120);

struct WatchChoices {
  std::string fail_on = "low";
  std::string format = "text";
  unsigned int check_every = 3600;     // seconds
  unsigned int remind_after = 86'400;  // seconds
  bool special_only = false;
  unsigned int every = 60;  // seconds
  std::vector<Domid> privileged;
  bool trust_files = false;
  MetricsFile metrics;
  RecorderChoice recorder;
  TriageOptions triage;
  LiveOptions live;
  ConfinementChoice confinement;
  PolicyOptions policy;

  void add_to(CommandLine& app) {
    app.add_option("--fail-on", fail_on, "report findings of this severity or above")
        ->one_of({"low", "medium", "high", "critical"})
        ->type_name("SEVERITY")
        ->capture_default_str();
    app.add_option("-f,--format", format, "format of the lines")
        ->one_of({"text", "journal", "jsonl"})
        ->type_name("FORMAT")
        ->capture_default_str();
    app.add_option("--check-every", check_every,
                   "compare what was followed with a second reading of the store")
        ->between(1, 86'400)
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--remind-after", remind_after,
                   "repeat a finding that is still there after this time; 0: never")
        ->between(0, 31'536'000)
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_flag("--special-only", special_only,
                 "read the whole store every --every seconds, and watch only for domains\n"
                 "that come and go: no guest can wait for such a watch, but a fault that\n"
                 "is gone again at the next reading is not seen");
    app.add_option("--every", every, "with --special-only: the time between two readings")
        ->between(1, 86'400)
        ->type_name("SECONDS")
        ->capture_default_str();
    metrics.add_to(app);
    RecordingOptions::add_privileged(app, privileged);
    recorder.add_to(app);
    triage.add_known_to(app);
    live.add_to(app);
    confinement.add_to(app);
    app.add_flag("--trust-files", trust_files,
                 "use suppressions, baseline, schema and rules even if users other than\n"
                 "root could have written them");
    policy.add_to(app);
  }
  Authors authors() const { return trust_files ? Authors::any : Authors::root; }
};

Result<AuditOptions> audit_options(const WatchChoices& options, const Schema& schema) {
  AuditOptions audit;
  audit.fail_on = *parse_severity(options.fail_on);
  audit.privileged = options.privileged;
  XSAUDIT_TRY(options.triage.load(schema, options.authors(), audit));
  audit.with_state = audit.baseline.has_value();
  audit.judging.most = kLongestJudging;
  return audit;
}

// Writes the lines. An error of writing ends the watch.
class Lines {
 public:
  explicit Lines(const std::string& format)
      : form_(format == "jsonl"     ? Form::json
              : format == "journal" ? Form::journal
                                    : Form::text) {}

  void add(const StoreWatch::Report& report, const StoreWatch& watch) {
    for (const FindingEvent& event : report.events) {
      switch (form_) {
        case Form::text: text_ += watch_line(event, watch.rules(), now()); break;
        case Form::journal: text_ += watch_journal_line(event, watch.rules()); break;
        case Form::json: text_ += watch_json(event, watch.rules(), now()); break;
      }
    }
    if (report.not_judged > 0) {
      note(plural(report.not_judged, "state", "states") +
           " that nodes had between two readings were not judged");
    }
  }
  void note(const std::string& message) {
    switch (form_) {
      case Form::text: text_ += watch_note_line(message, now()); break;
      case Form::journal: text_ += watch_note_journal_line(message); break;
      case Form::json: text_ += watch_note_json(message, now()); break;
    }
  }
  void notes(const std::vector<std::string>& messages) {
    for (const std::string& message : messages) note(message);
  }
  Status write() {
    if (text_.empty()) return ok();
    const StopSignals::AtOnce a_reader_may_never_come;
    return write_standard_output(std::exchange(text_, {}));
  }

 private:
  enum class Form { text, journal, json };
  static std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  const Form form_;
  std::string text_;
};

// What could not be read is not judged.
void note_gaps(const SnapshotInfo& info, Lines& lines) {
  constexpr std::size_t kMost = 10;
  for (std::size_t i = 0; i < info.gaps.size() && i < kMost; ++i) {
    lines.note("not judged: " + info.gaps[i].place + ": " + info.gaps[i].what);
  }
  if (info.gap_count > kMost) {
    lines.note("not judged: " + plural(info.gap_count - kMost, "more place", "more places"));
  }
}

void note_losses(const StoreFollower::News& news, Lines& lines) {
  if (news.missed) {
    lines.note(
        "this process was stopped or too slow: for some time changes were not recorded; the store "
        "was read again");
  }
  if (news.left_out > 0) {
    lines.note(plural(news.left_out, "change", "changes") +
               " came too fast, and what nodes were in between was not judged");
  }
  for (const std::string& path : news.differing) {
    lines.note("the second reading of the store differs at " + escape_shortened(path) +
               ", of which no change was reported");
  }
}

// Records what changes, judges the store after each burst of changes, and writes the lines.
class Follower {
 public:
  Follower(StoreFollower& store, StoreWatch& watch, RecorderChoice& recorder, MetricsFile& metrics,
           Lines& lines, const ServiceManager& manager, std::chrono::seconds remind_after)
      : store_(store),
        watch_(watch),
        recorder_(recorder),
        metrics_(metrics),
        lines_(lines),
        manager_(manager),
        remind_after_(remind_after) {}

  // Until a signal stops it. An error if the store can no longer be followed.
  Status run() {
    while (!StopSignals::came()) XSAUDIT_TRY(turn());
    return ok();
  }

 private:
  using Clock = StoreFollower::Clock;
  // How long a signal is not seen, and how often reminders are due.
  static constexpr auto kLongestTurn = std::chrono::milliseconds(500);

  Status turn() {
    const RecorderTime asked = RecorderTime::now();
    XSAUDIT_ASSIGN(StoreFollower::News news, store_.next(next_time()));
    const auto begin = Clock::now();
    note_losses(news, lines_);
    if (recorder_.wanted()) XSAUDIT_TRY(record(news, asked));
    anew_ = anew_ || news.read_anew;
    if (news.incomplete()) watch_.add_unknown(begin);
    watch_.add(std::move(news.changes));
    if (begin >= budget_.free_at()) XSAUDIT_TRY(judge(begin));
    budget_.take(begin, Clock::now());
    if (begin >= next_moment_) each_moment(begin);
    return lines_.write();
  }

  // All changes until `asked` are in the news.
  Status record(const StoreFollower::News& news, RecorderTime asked) {
    std::optional<Snapshot> store;
    if (news.incomplete() || news.missed) {
      XSAUDIT_ASSIGN(store, store_.store());
    }
    if (news.any() || news.missed) {
      lines_.notes(
          recorder_.add({.changes = news.changes, .missed = news.missed, .left_out = news.left_out},
                        store ? &*store : nullptr));
    }
    lines_.notes(recorder_.tick(asked));
    return ok();
  }

  void each_moment(Clock::time_point now) {
    next_moment_ = now + kLongestTurn;
    manager_.alive();
    watch_.set_day(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
    if (remind_after_.count() > 0) lines_.add(watch_.still_there(now, remind_after_), watch_);
    if (const auto failure = metrics_.renew(watch_, now)) lines_.note(*failure);
  }

  Clock::time_point next_time() const {
    const auto latest = Clock::now() + kLongestTurn;
    const auto due = std::min(watch_.due().value_or(latest), watch_.settle_at().value_or(latest));
    return std::min(latest, std::max(due, budget_.free_at()));
  }

  Status judge(Clock::time_point now) {
    if (watch_.due() && now >= *watch_.due()) {
      if (watch_.needs_store()) {
        XSAUDIT_ASSIGN(Snapshot store, store_.store());
        if (std::exchange(anew_, false)) note_gaps(store.info(), lines_);
        report(watch_.take(std::move(store), Clock::now()));
      } else {
        report(watch_.judge(Clock::now()));
      }
    }
    if (watch_.settle_at() && now >= *watch_.settle_at()) {
      report(watch_.settle(Clock::now()));
    }
    return ok();
  }

  void report(const StoreWatch::Report& report) {
    lines_.add(report, watch_);
    metrics_.add(report, watch_);
  }

  StoreFollower& store_;
  StoreWatch& watch_;
  RecorderChoice& recorder_;
  MetricsFile& metrics_;
  Lines& lines_;
  const ServiceManager& manager_;
  const std::chrono::seconds remind_after_;
  JudgingBudget budget_;
  Clock::time_point next_moment_{};
  bool anew_ = false;  // the whole store was read again
};

}  // namespace

int run_watch(const Arguments& arguments) {
  WatchChoices options;
  CommandLine app(kWatchDescription, "xsaudit watch");
  app.footer(kWatchFooter);
  options.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;

  const auto policy = options.policy.load(options.authors());
  if (!policy) return fail(policy.error());
  auto how = audit_options(options, policy->schema);
  if (!how) return fail(how.error());
  if (options.special_only && options.recorder.given()) {
    return fail(Error{"", "--record needs a watch of the whole store", "leave out --special-only"});
  }
  if (const Status opened = options.recorder.open(); !opened) return fail(opened.error());
  if (const Status opened = options.metrics.open(); !opened) return fail(opened.error());
  const ServiceManager manager;
  StopSignals::expect();
  std::optional<Result<LiveStore>> store;
  std::vector<int> keep = manager.descriptors();
  for (const int descriptor : options.recorder.descriptors()) keep.push_back(descriptor);
  for (const int descriptor : options.metrics.descriptors()) keep.push_back(descriptor);
  const Status confined = options.confinement.confine(std::move(keep), [&] {
    store.emplace(LiveStore::connect(options.live, options.confinement));
  });
  if (!confined) return fail(confined.error());
  if (!store->ok()) return fail(store->error());

  std::optional<StoreMirror::Walks> walks;
  if (options.special_only) {
    walks = StoreMirror::Walks{
        .every = std::chrono::seconds(options.every),
        .at_least = std::min(kBetweenWalks, std::chrono::seconds(options.every))};
  }
  StoreFollower follower((*store)->reader(), options.live.limits,
                         std::chrono::seconds(options.live.timeout),
                         std::chrono::seconds(options.check_every), walks);
  auto first = follower.start();
  if (!first) return fail(first.error());
  StoreWatch watch(policy->schema, policy->rules, *std::move(how));
  Lines lines(options.format);
  note_gaps(first->info(), lines);
  lines.notes(options.recorder.start(*first));
  const auto report = watch.take(*std::move(first), StoreFollower::Clock::now());
  const auto undecided = watch.counts().undecided;
  const auto undecided_rules = std::count_if(undecided.begin(), undecided.end(),
                                             [](std::uint64_t places) { return places > 0; });
  lines.note("following " + plural(watch.nodes(), "node", "nodes") + "; " +
             plural(static_cast<std::uint64_t>(undecided_rules), "rule", "rules") + " of " +
             std::to_string(watch.rules().size()) +
             " not evaluated in some places, which xsaudit audit --verbose lists");
  lines.add(report, watch);
  options.metrics.add(report, watch);
  if (const Status written = lines.write(); !written) return fail(written.error());
  manager.ready();
  const Status followed = Follower(follower, watch, options.recorder, options.metrics, lines,
                                   manager, std::chrono::seconds(options.remind_after))
                              .run();
  manager.stopping();
  return followed ? 0 : fail(followed.error());
}

}  // namespace xsaudit
