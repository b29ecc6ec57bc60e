// Accepted findings, each with a reason and an expiry date. A suppression names one rule and the
// place: a pattern of paths, a guest, or both. From the day after its expiry on it does nothing but
// be reported, so that nothing is forgotten for good. README.md describes the file. A plain value;
// any thread.
//
// A guest is best named by its UUID. Its name is chosen by the toolstack, and may be given again to
// another guest; where an unprivileged domain could have written the name or the UUID itself, it is
// no proof of who the guest is, and the suppression does not apply.
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

namespace xsaudit {

struct Suppression {
  std::string place;  // "file:line:col"
  std::string rule;
  std::string path;  // a pattern as written; empty: any
  std::vector<Pattern> patterns;
  std::string guest;  // a UUID or a name; empty: any, and what belongs to none
  std::string reason;
  std::string owner;  // may be empty
  Day expires;        // the last day on which it works

  bool expired(Day today) const { return today > expires; }

  // elsewhere: another domain decides what the node says, and no path names it. unsure: a guest
  // could feign it.
  enum class Match : std::uint8_t { no, elsewhere, unsure, yes };
  // `others`: whether a domain other than that guest decides what the node says. A suppression for
  // a guest covers what the guest could have done, and nothing that the domain which serves it did.
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
  std::uint64_t findings = 0;  // that it covers or, expired, would have covered
  std::string note;            // why it does not do what one might expect; safe to print
};
const char* to_text(SuppressionUse::State state);

// Finds for each finding the suppression that covers it, and keeps count of what became of every
// suppression. A finding may stand for many nodes, and of several guests: it is only covered where
// all of them are, so that nothing new hides behind what is known. Used by one thread.
class Suppressor {
 public:
  Suppressor(std::vector<Suppression> suppressions, Day today, const RuleSet& rules);

  // The first one in force that covers a violation, by its place in uses(); nothing if none does.
  std::optional<std::size_t> find(const Violation& violation, const Snapshot& snapshot,
                                  Guests& guests);

  // The effect of the same suppressions in another source.
  void add(const Suppressor& other);

  // In the order of the suppressions.
  std::vector<SuppressionUse> uses() && { return std::move(uses_); }

 private:
  std::vector<SuppressionUse> uses_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_rule_;  // index into uses_
};

}  // namespace xsaudit
