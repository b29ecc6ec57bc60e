#include "host/facts/host_facts.h"

#include <set>

namespace xsaudit {
namespace {

template <typename Map>
const typename Map::mapped_type& found_in(const Map& map, const typename Map::key_type& key) {
  static const typename Map::mapped_type nobody_looked;
  const auto entry = map.find(key);
  return entry == map.end() ? nobody_looked : entry->second;
}

const Fact<User>& ask_for(ProcessSource& source, const std::string& name, HostFacts& facts) {
  const auto [entry, is_new] = facts.users.try_emplace(name);
  if (is_new) entry->second = source.user(name);
  return entry->second;
}

// Some of the users to look up are found in the facts collected before.
void collect_users(ProcessSource& source, const HostQuestions& questions, HostFacts& facts) {
  for (const std::string& name : questions.users) ask_for(source, name, facts);
  for (const auto& [domain, record] : facts.domain_records) {
    for (const std::string& pointer : questions.record_users) {
      const Fact<std::string> name = facts.recorded(domain.first, domain.second, pointer);
      if (name.is_known()) ask_for(source, *name, facts);
    }
  }
  std::vector<UidRange> ranges = questions.uid_ranges;
  for (const std::string& name : questions.range_bases) {
    const Fact<User>& base = ask_for(source, name, facts);
    if (!base.is_known() || base->uid > UINT32_MAX - HostQuestions::kUidRangeSize) continue;
    ranges.push_back({base->uid, base->uid + HostQuestions::kUidRangeSize - 1});
  }
  for (const UidRange range : ranges) {
    if (!facts.uid_ranges.contains(range)) facts.uid_ranges.emplace(range, source.users(range));
  }
}

}  // namespace

const Fact<Process>& HostFacts::process(Pid pid) const { return found_in(processes, pid); }

const Fact<User>& HostFacts::user(const std::string& name) const { return found_in(users, name); }

Fact<std::vector<User>> HostFacts::users_of(std::uint32_t uid) const {
  Fact<std::vector<User>> answer;
  for (const auto& [range, all] : uid_ranges) {
    if (uid < range.first || uid > range.last) continue;
    if (!all.is_known()) {
      answer = all;
      continue;
    }
    std::vector<User> those;
    for (const User& user : *all) {
      if (user.uid == uid) those.push_back(user);
    }
    return those;
  }
  return answer;
}

const Fact<DomainRecord>& HostFacts::record(Domid domid, const std::string& uuid) const {
  return found_in(domain_records, {domid, uuid});
}

Fact<std::string> HostFacts::recorded(Domid domid, const std::string& uuid,
                                      const std::string& pointer) const {
  const Fact<DomainRecord>& whole = record(domid, uuid);
  if (!whole.is_known()) return Fact<std::string>::as_little_as(whole);
  return found_in(*whole, pointer);
}

HostFacts collect(ProcessSource& source, const HostQuestions& questions) {
  HostFacts facts;
  std::set<Pid> pids(questions.pids.begin(), questions.pids.end());
  if (!questions.arguments.empty()) {
    const Fact<std::vector<Pid>> found = source.with_argument(questions.arguments);
    if (found.is_known()) pids.insert(found->begin(), found->end());
    facts.searches.emplace(questions.arguments, found);
  }
  const std::vector<Pid> all(pids.begin(), pids.end());
  std::vector<Fact<Process>> processes = source.look_at(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    facts.processes.emplace(all[i], std::move(processes[i]));
  }
  for (const DomainRecordQuestion& question : questions.domain_records) {
    facts.domain_records.emplace(std::pair(question.domid, question.uuid),
                                 source.domain_record(question));
  }
  collect_users(source, questions, facts);
  if (questions.kernel) facts.kernel = source.kernel();
  if (!questions.settings.empty()) facts.settings = source.settings(questions.settings);
  return facts;
}

}  // namespace xsaudit
