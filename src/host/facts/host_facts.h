// The facts about the host outside the store that an audit uses: collected once, before the program
// is confined, then only read. The schema and the store determine the questions; a recording
// (process_record.h) contains the same facts, so that they are judged alike offline.
//
// Plain values. Any thread may read shared HostFacts; collect() belongs to one.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/facts/event_channel.h"
#include "host/facts/process_source.h"

namespace xsaudit {

struct HostQuestions {
  std::vector<Pid> pids;
  // Every process with one of these arguments is examined, too.
  std::vector<std::string> arguments;
  std::vector<std::string> users;
  std::vector<UidRange> uid_ranges;
  // Users whose uid begins a range of kUidRangeSize uids; all users in it are collected.
  std::vector<std::string> range_bases = {};
  std::vector<DomainRecordQuestion> domain_records;
  // The values of those records that are names of users, to be looked up, too.
  std::vector<std::string> record_users = {};
  bool kernel = false;        // whether to read the kernel's view of the devices
  std::string settings = {};  // the file with the daemon's configuration; empty: none is read

  static constexpr std::uint32_t kUidRangeSize = kFirstReservedDomid;  // one for each domid
};

class HostFacts {
 public:
  // A fact that was not in the questions is unknown.
  const Fact<Process>& process(Pid pid) const;
  const Fact<User>& user(const std::string& name) const;
  // The user with this uid, from a collected range; nothing if there is none.
  Fact<std::vector<User>> users_of(std::uint32_t uid) const;
  const Fact<DomainRecord>& record(Domid domid, const std::string& uuid) const;
  Fact<std::string> recorded(Domid domid, const std::string& uuid,
                             const std::string& pointer) const;

  // For reading and writing all facts.
  std::map<Pid, Fact<Process>> processes;
  // The processes with one of these arguments, and those with unknown arguments.
  std::map<std::vector<std::string>, Fact<std::vector<Pid>>> searches;
  std::map<std::string, Fact<User>> users;
  std::map<UidRange, Fact<std::vector<User>>> uid_ranges;
  std::map<std::pair<Domid, std::string>, Fact<DomainRecord>> domain_records;
  Fact<KernelView> kernel;
  // The configuration of the daemon, by key. Absent: there is no such file.
  Fact<Settings> settings;
  // The event channels that the store names. collect() does not read them: another process does.
  Fact<EventChannels> event_channels;

  bool operator==(const HostFacts&) const = default;
};

HostFacts collect(ProcessSource& source, const HostQuestions& questions);

}  // namespace xsaudit
