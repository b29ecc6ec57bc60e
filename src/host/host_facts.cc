#include "host/host_facts.h"

#include <set>

namespace xsaudit {
namespace {

template <typename Map>
const typename Map::mapped_type& found_in(const Map& map, const typename Map::key_type& key) {
  static const typename Map::mapped_type nobody_looked;
  const auto entry = map.find(key);
  return entry == map.end() ? nobody_looked : entry->second;
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

Fact<std::string> HostFacts::recorded(Domid domid, const std::string& uuid,
                                      const std::string& pointer) const {
  const Fact<DomainRecord>& record = found_in(domain_records, {domid, uuid});
  if (!record.is_known()) return Fact<std::string>::as_little_as(record);
  return found_in(*record, pointer);
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
  for (const std::string& name : questions.users) facts.users.emplace(name, source.user(name));
  for (const UidRange range : questions.uid_ranges) {
    facts.uid_ranges.emplace(range, source.users(range));
  }
  for (const DomainRecordQuestion& question : questions.domain_records) {
    facts.domain_records.emplace(std::pair(question.domid, question.uuid),
                                 source.domain_record(question));
  }
  return facts;
}

}  // namespace xsaudit
