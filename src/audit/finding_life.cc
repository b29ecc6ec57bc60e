#include "audit/finding_life.h"

namespace xsaudit {

const char* to_text(FindingEvent::What what) {
  switch (what) {
    case FindingEvent::What::appeared: return "new";
    case FindingEvent::What::came_back: return "back";
    case FindingEvent::What::gone: return "gone";
    case FindingEvent::What::still: return "still";
    case FindingEvent::What::passed: break;
  }
  return "passed";
}

std::vector<FindingEvent> FindingLife::update(const std::vector<Finding>& found, bool settled,
                                              Time now) {
  using What = FindingEvent::What;
  std::vector<FindingEvent> events;
  std::set<Key> here;
  for (const Finding& finding : found) {
    const Key key = key_of(finding);
    if (!here.insert(key).second) continue;
    const auto known = present_.find(key);
    if (known != present_.end()) {
      known->second.settles = known->second.settles && settled;
      known->second.finding = finding;
      continue;
    }
    present_.emplace(key,
                     Present{.finding = finding, .since = now, .said = now, .settles = settled});
    events.push_back(
        {.what = gone_.contains(key) ? What::came_back : What::appeared, .finding = finding});
  }
  for (auto one = present_.begin(); one != present_.end();) {
    const bool may_be_there = one->second.settles && !settled;
    if (here.contains(one->first) || may_be_there) {
      ++one;
      continue;
    }
    events.push_back(
        {.what = What::gone,
         .finding = std::move(one->second.finding),
         .lasted = std::chrono::duration_cast<std::chrono::microseconds>(now - one->second.since)});
    remember_gone(one->first);
    one = present_.erase(one);
  }
  return events;
}

std::vector<FindingEvent> FindingLife::still_there(Time now, std::chrono::seconds silent) {
  std::vector<FindingEvent> events;
  for (auto& [key, one] : present_) {
    if (now < one.said + silent) continue;
    one.said = now;
    events.push_back(
        {.what = FindingEvent::What::still,
         .finding = one.finding,
         .lasted = std::chrono::duration_cast<std::chrono::microseconds>(now - one.since)});
  }
  return events;
}

void FindingLife::count_in(ResultCounts& counts) const {
  for (const auto& [key, one] : present_) counts.add(one.finding);
}

void FindingLife::remember_gone(const Key& key) {
  if (!gone_.insert(key).second) return;
  gone_in_order_.push_back(key);
  if (gone_in_order_.size() <= kMaxGone) return;
  gone_.erase(gone_in_order_.front());
  gone_in_order_.pop_front();
}

}  // namespace xsaudit
