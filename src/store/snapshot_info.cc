#include "store/snapshot_info.h"

#include <algorithm>

namespace xsaudit {

const char* to_text(UnknownReason reason) {
  switch (reason) {
    case UnknownReason::known: return "known";
    case UnknownReason::not_in_form: return "the format does not record it";
    case UnknownReason::not_given: return "the daemon does not report it to clients";
    case UnknownReason::not_recorded: return "it was not recorded";
    case UnknownReason::not_covered: return "it lies outside the recorded part of the store";
    case UnknownReason::unreadable: return "it could not be read";
    case UnknownReason::cut: return "it was truncated by the recording";
    case UnknownReason::filtered: return "it was filtered out of the recording";
    case UnknownReason::secret: return "it is a secret; --show-secrets shows it";
  }
  return "unknown";
}

const char* to_text(Coverage coverage) {
  switch (coverage) {
    case Coverage::whole: return "whole";
    case Coverage::subtree: return "subtree";
    case Coverage::excerpt: return "excerpt";
  }
  return "unknown";
}

const char* to_text(Daemon daemon) {
  switch (daemon) {
    case Daemon::unknown: return "unknown";
    case Daemon::cxenstored: return "xenstored";
    case Daemon::oxenstored: return "oxenstored";
  }
  return "unknown";
}

const char* to_text(Consistency consistency) {
  switch (consistency) {
    case Consistency::unknown: return "unknown";
    case Consistency::one_moment: return "one moment";
    case Consistency::moved: return "moved";
  }
  return "unknown";
}

void ClientState::sort_watches() {
  std::stable_sort(watches.begin(), watches.end(),
                   [](const Watch& a, const Watch& b) { return a.domid < b.domid; });
}

std::span<const ClientState::Watch> ClientState::watches_of(Domid domid) const {
  const auto first = std::lower_bound(
      watches.begin(), watches.end(), domid,
      [](const Watch& watch, Domid wanted) { return !watch.domid || *watch.domid < wanted; });
  const auto last =
      std::find_if(first, watches.end(), [&](const Watch& watch) { return watch.domid != domid; });
  return {first, last};
}

std::optional<std::uint32_t> ClientState::own_limit_of(Domid domid, std::string_view name) const {
  const auto own = limits_of.find(domid);
  if (own == limits_of.end()) return std::nullopt;
  const auto found = own->second.find(name);
  return found == own->second.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint64_t> ClientState::watch_count(Domid domid) const {
  if (lists_watches) return watches_of(domid).size();
  const auto found = watch_counts.find(domid);
  return found == watch_counts.end() ? std::nullopt : std::optional(found->second);
}

void SnapshotInfo::add_gap(std::string place, std::string what) {
  ++gap_count;
  if (gaps.size() < kMaxGaps) gaps.push_back({std::move(place), std::move(what)});
}

void SnapshotInfo::add_gaps_of(const SnapshotInfo& other) {
  const std::vector<Gap> own = gaps;
  for (const Gap& gap : other.gaps) {
    const bool known = std::any_of(own.begin(), own.end(), [&](const Gap& one) {
      return one.place == gap.place && one.what == gap.what;
    });
    if (!known) add_gap(gap.place, gap.what + ", at the second reading");
  }
  gap_count += other.gap_count - other.gaps.size();
}

}  // namespace xsaudit
