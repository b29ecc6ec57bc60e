// Findings that somebody has decided to live with, and says why, and until when. A suppression
// names one rule and the place: a pattern of paths, a guest, or both. From the day after its expiry
// on it does nothing but be reported, so that nothing is forgotten for good. README.md describes
// the file. A plain value; any thread.
//
// A guest is best named by its UUID. Its name is chosen by the toolstack, and may be given again to
// another guest; where an unprivileged domain could have written the name or the UUID itself, it is
// no proof of who the guest is, and the suppression does not apply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/calendar.h"
#include "audit/finding.h"
#include "schema/pattern.h"
#include "store/error.h"
#include "yaml/text_file.h"

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

// What the file lists, in its order; errors have their place.
Result<std::vector<Suppression>> load_suppressions(const TextFile& file,
                                                   const VariableTypes& types);

// What became of a suppression in an audit.
struct SuppressionUse {
  enum class State : std::uint8_t { used, unused, expired };

  Suppression suppression;
  State state = State::unused;
  std::uint64_t findings = 0;  // that it covers or, expired, would have covered
  std::string note;            // why it does not do what one might expect; safe to print
};
const char* to_text(SuppressionUse::State state);

}  // namespace xsaudit
