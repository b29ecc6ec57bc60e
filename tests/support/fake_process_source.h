// A host made up by a test: what was not put into it is absent, and every question is remembered.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "host/facts/process_source.h"

namespace xsaudit {

class FakeProcessSource final : public ProcessSource {
 public:
  // To be filled by the test.
  std::map<Pid, Fact<Process>> processes;
  std::map<std::string, Fact<User>> users_by_name;
  Fact<std::vector<User>> all_users = std::vector<User>{};
  std::map<std::string, Fact<DomainRecord>> records_by_uuid;
  // Set if the caller may not see all processes.
  std::string hides_processes;

  Fact<KernelView> kernel_view = Fact<KernelView>::absent();
  std::map<std::string, Fact<Settings>> settings_by_path;

  std::vector<Pid> looked_at;

  std::vector<Fact<Process>> look_at(const std::vector<Pid>& pids) override {
    std::vector<Fact<Process>> answers;
    for (const Pid pid : pids) {
      looked_at.push_back(pid);
      answers.push_back(answer(processes, pid));
    }
    return answers;
  }

  Fact<std::vector<Pid>> with_argument(const std::vector<std::string>& arguments) override {
    if (!hides_processes.empty()) return Fact<std::vector<Pid>>::unknown(hides_processes);
    std::vector<Pid> pids;
    for (const auto& [pid, process] : processes) {
      if (!process.is_known() || process->arguments.is_absent()) continue;
      const auto& own = process->arguments;
      if (own.is_unknown() || std::find_first_of(own->begin(), own->end(), arguments.begin(),
                                                 arguments.end()) != own->end()) {
        pids.push_back(pid);
      }
    }
    return pids;
  }

  Fact<User> user(const std::string& name) override { return answer(users_by_name, name); }

  Fact<std::vector<User>> users(UidRange range) override {
    if (!all_users.is_known()) return all_users;
    std::vector<User> those;
    for (const User& one : *all_users) {
      if (one.uid >= range.first && one.uid <= range.last) those.push_back(one);
    }
    return those;
  }

  Fact<DomainRecord> domain_record(const DomainRecordQuestion& question) override {
    return answer(records_by_uuid, question.uuid);
  }

  Fact<KernelView> kernel() override { return kernel_view; }
  Fact<Settings> settings(const std::string& path) override {
    return answer(settings_by_path, path);
  }

 private:
  template <typename Map>
  static typename Map::mapped_type answer(const Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    return found == map.end() ? Map::mapped_type::absent() : found->second;
  }
};

}  // namespace xsaudit
