// Where facts about the host's processes and users come from: the running host, or a fake. Nothing
// in it names a user, an option or a file: who asks brings the names.
//
// An implementation is used by one thread at a time. Asking opens files, so all of it is done
// before the process is confined (confinement.h); host_facts.h asks and keeps the answers.
#pragma once

#include <string>
#include <vector>

#include "host/facts/domain_record.h"
#include "host/facts/process.h"

namespace xsaudit {

class ProcessSource {
 public:
  virtual ~ProcessSource() = default;

  // What is known of each of these, in this order. Absent: no process has the pid. What could not
  // be looked at of a process is unknown within it.
  virtual std::vector<Fact<Process>> look_at(const std::vector<Pid>& pids) = 0;

  // The processes that have one of these among their arguments, whole, and those whose arguments
  // cannot be read, in ascending order.
  virtual Fact<std::vector<Pid>> with_argument(const std::vector<std::string>& arguments) = 0;

  // Absent: no such user.
  virtual Fact<User> user(const std::string& name) = 0;

  // The users whose uid is in the range, by uid.
  virtual Fact<std::vector<User>> users(UidRange range) = 0;

  // Absent: the host has no such record.
  virtual Fact<DomainRecord> domain_record(const DomainRecordQuestion& question) = 0;
};

}  // namespace xsaudit
