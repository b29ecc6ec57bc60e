// The readers of logs and of status reports. Whatever a log is, its events hang together, and all
// texts are safe to print.
#include <algorithm>

#include "source/archive/domain_listing.h"
#include "source/log/log_reader.h"
#include "source/recording/dump_reader.h"
#include "targets.h"

namespace xsaudit {
namespace {

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void read_as_log(std::string_view bytes) {
  constexpr std::int64_t kNow = 1'798'761'600;
  const auto log = read_log_text(bytes, "fuzz", kNow);
  if (!log) {
    require(printable(log.error().text()), "an error is not safe to print");
    return;
  }
  for (const std::string& gap : log->gaps()) require(printable(gap), "a gap is not safe to print");
  require(log->events().size() <= log->lines(), "there are more events than lines");
  require(log->history("/").size() >= log->concerning("/").size(), "a change is in no history");
  for (const LogEvent& event : log->events()) {
    require(event.times > 0, "an event happened never");
    require(printable(time_text(event)) && printable(log->place(event)), "a text is not safe");
    const bool refused = event.outcome == LogOutcome::refused;
    require(refused == !event.error.empty() || event.outcome == LogOutcome::conflicted || refused,
            "an error without a refusal");
    if (event.path_cut || !event.path.starts_with('/')) continue;
    const auto there = log->history(event.path);
    require(std::find(there.begin(), there.end(), &event) != there.end(),
            "an event is not in the history of its path");
  }
}

void read_as_archive(std::string_view bytes) {
  DumpOptions options;
  options.form = "status-report";
  const auto store = read_dump_text(bytes, "fuzz", options);
  if (!store) {
    require(printable(store.error().text()), "an error is not safe to print");
    return;
  }
  for (const auto& gap : store->info().gaps) {
    require(printable(gap.place) && printable(gap.what), "a gap is not safe to print");
  }
  require(printable(store->info().kind), "the kind is not safe to print");
}

void read_as_domains(std::string_view bytes) {
  const auto domains = read_domain_listing(bytes);
  require(domains.ok() || printable(domains.error().text()), "an error is not safe to print");
  require(!domains || std::is_sorted(domains->begin(), domains->end()), "domids are not sorted");
}

}  // namespace

std::vector<FuzzTarget> log_targets() {
  return {{"log", read_as_log}, {"archive", read_as_archive}, {"domains", read_as_domains}};
}

}  // namespace xsaudit
