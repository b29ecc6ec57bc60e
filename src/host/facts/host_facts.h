// All that an audit may know of the host beside the store: asked for once, before the tool is
// confined, then only read. The questions come from the schema and the store; a recording
// (process_record.h) holds the same facts, so that they are judged alike offline.
//
// Plain values. Any thread may read shared HostFacts; collect() belongs to one.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/facts/process_source.h"

namespace xsaudit {

struct HostQuestions {
  std::vector<Pid> pids;
  // Every process that has one of these among its arguments is looked at as well.
  std::vector<std::string> arguments;
  std::vector<std::string> users;
  std::vector<UidRange> uid_ranges;
  // Users whose uid begins a range of kUidRangeSize, all users of which are asked for.
  std::vector<std::string> range_bases = {};
  std::vector<DomainRecordQuestion> domain_records;
  // Which values of those records are names of users, to be asked for too.
  std::vector<std::string> record_users = {};

  static constexpr std::uint32_t kUidRangeSize = kFirstReservedDomid;  // one for each domid
};

class HostFacts {
 public:
  // What nobody asked for is unknown.
  const Fact<Process>& process(Pid pid) const;
  const Fact<User>& user(const std::string& name) const;
  // From whichever range was asked for and holds `uid`; nothing if no user has it.
  Fact<std::vector<User>> users_of(std::uint32_t uid) const;
  const Fact<DomainRecord>& record(Domid domid, const std::string& uuid) const;
  Fact<std::string> recorded(Domid domid, const std::string& uuid,
                             const std::string& pointer) const;

  // For reading and writing them whole.
  std::map<Pid, Fact<Process>> processes;
  // Which processes have one of these arguments, or may have: their arguments are unknown.
  std::map<std::vector<std::string>, Fact<std::vector<Pid>>> searches;
  std::map<std::string, Fact<User>> users;
  std::map<UidRange, Fact<std::vector<User>>> uid_ranges;
  std::map<std::pair<Domid, std::string>, Fact<DomainRecord>> domain_records;

  bool operator==(const HostFacts&) const = default;
};

HostFacts collect(ProcessSource& source, const HostQuestions& questions);

}  // namespace xsaudit
