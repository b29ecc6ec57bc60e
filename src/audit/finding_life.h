// The life of the findings of a store that is audited again and again: when each appeared, came
// back, and went. A finding is recognised by its fingerprint and its path. Bounded: of the findings
// that went, the last few thousand are remembered. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "audit/finding.h"
#include "audit/result_counts.h"

namespace xsaudit {

struct FindingEvent {
  enum class What : std::uint8_t {
    appeared,
    came_back,
    gone,
    passed,  // it was there between two states of the store, and is not there now
    still,   // a reminder
  };
  What what = What::appeared;
  Finding finding;
  std::chrono::microseconds lasted{};  // of gone and passed; so far, of still
  std::uint64_t times = 1;             // of passed: how often
};
const char* to_text(FindingEvent::What what);  // "new", "back", "gone", "passed", "still"

class FindingLife {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxGone = 10'000;

  // The findings of the store at a time. `settled`: faults that can disappear without intervention
  // are among them, because two readings confirmed them; otherwise those that were there before are
  // taken to be there still.
  std::vector<FindingEvent> update(const std::vector<Finding>& found, bool settled, Time now);

  // The findings that are there of which nothing was said for so long.
  std::vector<FindingEvent> still_there(Time now, std::chrono::seconds silent);

  bool has(const Finding& finding) const { return present_.contains(key_of(finding)); }
  std::size_t size() const { return present_.size(); }
  // Adds the findings that are there.
  void count_in(ResultCounts& counts) const;

 private:
  struct Present {
    Finding finding;
    Time since;
    Time said;             // of the last event
    bool settles = false;  // only settled updates show it
  };
  using Key = std::pair<std::string, std::string>;
  static Key key_of(const Finding& finding) { return {finding.fingerprint, finding.path}; }
  void remember_gone(const Key& key);

  std::map<Key, Present> present_;
  std::set<Key> gone_;
  std::deque<Key> gone_in_order_;
};

}  // namespace xsaudit
