// Accepted findings, each with a reason and an expiry date. A suppression names one rule and the
// place: a pattern of paths, a guest, or both. After its expiry it only appears in reports, so that
// no finding stays hidden for good. README.md describes the file. A plain value; any thread.
//
// A guest is best named by its UUID. Its name is chosen by the toolstack, and may later be given to
// another guest; if an unprivileged domain could have written the name or the UUID, it does not
// prove which guest it is, and the suppression does not apply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/finding.h"
#include "audit/guests.h"
#include "base/calendar.h"
#include "base/error.h"
#include "base/text_file.h"
#include "rules/evaluation.h"
#include "schema/pattern.h"
#include "store/snapshot_info.h"

namespace xsaudit {

struct Suppression {
  std::string place;  // "file:line:col"
  std::string rule;
  std::string path;  // a pattern as written; empty: any
  std::vector<Pattern> patterns;
  std::string guest;   // a UUID or a name; empty: any guest, or none
  std::string source;  // the host, or the name of the recording; empty: any
  // Of a path without "/**": the same path with it, to recognise one that lacks it.
  std::vector<Pattern> deeper_patterns;
  std::string reason;
  std::string owner;  // may be empty
  Day expires;        // the last day on which it applies

  bool expired(Day today) const { return today > expires; }

  // elsewhere: another domain controls the node, and no path names it. unsure: a guest could have
  // written the name or UUID.
  enum class Match : std::uint8_t { no, elsewhere, unsure, yes };
  // `others`: whether a domain other than that guest controls the node. A suppression for a guest
  // covers what the guest could have done, and not what the domain that serves it did.
  Match matches(std::string_view node, const Guest* guest_of_node, bool others) const;
};

// The entries of the file, in its order; errors have a place.
Result<std::vector<Suppression>> load_suppressions(const TextFile& file,
                                                   const VariableTypes& types);

// The effect of a suppression in an audit.
struct SuppressionUse {
  enum class State : std::uint8_t { used, unused, expired };

  Suppression suppression;
  State state = State::unused;
  std::uint64_t findings = 0;      // that it covers or, if expired, would have covered
  std::string note;                // why it covers fewer findings than expected; safe to print
  bool needs_nodes_below = false;  // it would cover a finding if its path ended in "/**"
};
const char* to_text(SuppressionUse::State state);

// Finds the suppression that covers a finding, and counts the uses of every suppression. A finding
// may cover many nodes, and of several guests: a suppression must cover all of them, so that a new
// fault does not hide behind a known one. Used by one thread.
class Suppressor {
 public:
  Suppressor(std::vector<Suppression> suppressions, Day today, const RuleSet& rules);

  // The index in uses() of the first suppression in force that covers a violation; nothing if none
  // does.
  std::optional<std::size_t> find(const Violation& violation, const Snapshot& snapshot,
                                  Guests& guests);

  // The source that is audited: suppressions for another one have no effect.
  void set_source(const SnapshotInfo& info);

  // Adds the effect of the same suppressions in another source.
  void add(const Suppressor& other);

  // In the order of the suppressions.
  std::vector<SuppressionUse> uses() &&;

 private:
  bool for_source(const Suppression& suppression) const;

  std::vector<SuppressionUse> uses_;
  std::string source_;
  std::string host_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_rule_;  // index into uses_
};

}  // namespace xsaudit
