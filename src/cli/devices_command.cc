// xsaudit devices [DUMP]
#include "audit/device_list.h"
#include "audit/guests.h"
#include "audit/verdict.h"
#include "cli/command_line.h"
#include "cli/confinement_choice.h"
#include "cli/knowledge.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/recording_options.h"
#include "cli/source.h"
#include "report/device_lines.h"

namespace xsaudit {
namespace {

constexpr const char* kDescription =
    "Lists the devices of the live store, or of a recorded one, one a line: what the toolstack "
    "has\n"
    "recorded, the states of frontend and backend, and where these contradict each other.\n";

constexpr const char* kFooter =
    "Exit status: 0 listed, 2 not listed, 3 listed but something may be missing, which is then "
    "said "
    "on\n"
    "standard error. Whether anything is wrong with them xsaudit audit judges.\n"
    "\n"
    "Examples:\n"
    "  xsaudit devices                        of this host\n"
    "  xsaudit devices host.txt               of a recording; \"-\": standard input";

// A form that cannot hold something is no gap; a part of a store is one.
int say_what_is_missing(const SnapshotInfo& info) {
  for (const SnapshotInfo::Gap& gap : info.gaps) fail(Error{gap.place, gap.what, ""});
  if (info.gap_count > info.gaps.size()) {
    fail("and " + std::to_string(info.gap_count - info.gaps.size()) + " more");
  }
  if (info.coverage != Coverage::whole) fail("only a part of the store was recorded");
  return info.complete() ? kExitClean : kExitIncomplete;
}

}  // namespace

int run_devices(const Arguments& arguments) {
  std::string dump;
  LiveOptions live;
  RecordingOptions recording;
  ConfinementChoice confinement;
  KnowledgeOptions knowledge;
  CLI::App app(kDescription, "xsaudit devices");
  app.footer(kFooter);
  app.add_option("DUMP", dump, "a recording; \"-\": standard input; without it, the live store")
      ->type_name("");
  live.add_to(app);
  recording.add_to(app);
  confinement.add_to(app);
  knowledge.add_schema_to(app);
  if (const auto status = parse(app, arguments)) return *status;

  const auto schema = knowledge.load_schema();
  if (!schema) return fail(schema.error());
  Progress progress;
  Source source = dump.empty() ? Source::live(live, progress, [](Snapshot&) {})
                               : Source::recording(dump, recording.dump_options(*schema));
  progress.clear();
  std::vector<int> keep;
  if (source.descriptor() >= 0) keep.push_back(source.descriptor());
  if (const Status confined = confinement.confine(std::move(keep)); !confined) {
    return fail(confined.error());
  }
  const auto store = source.read();
  if (!store) return fail(store.error());
  Guests guests(*schema, *store);
  const std::string text = write_device_lines(list_devices(*schema, *store, guests));
  if (const Status written = write_standard_output(text); !written) return fail(written.error());
  return say_what_is_missing(store->info());
}

}  // namespace xsaudit
