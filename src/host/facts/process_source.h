// The source of facts about the host's processes, users and kernel: the running host, or a fake. It
// contains no name of a user, an option or a file: the caller passes them.
//
// An implementation is used by one thread at a time. Its functions open files, so they are called
// before the process is confined (confinement.h); host_facts.h calls them and keeps the results.
#pragma once

#include <string>
#include <vector>

#include "host/facts/domain_record.h"
#include "host/facts/kernel_view.h"
#include "host/facts/process.h"
#include "host/facts/settings.h"

namespace xsaudit {

class ProcessSource {
 public:
  virtual ~ProcessSource() = default;

  // The facts about each of these processes, in this order. Absent: no process has the pid. A fact
  // about a process that could not be read is unknown within it.
  virtual std::vector<Fact<Process>> look_at(const std::vector<Pid>& pids) = 0;

  // The processes with one of these arguments as a whole argument, and those whose arguments cannot
  // be read, in ascending order.
  virtual Fact<std::vector<Pid>> with_argument(const std::vector<std::string>& arguments) = 0;

  // Absent: no such user.
  virtual Fact<User> user(const std::string& name) = 0;

  // The users whose uid is in the range, by uid.
  virtual Fact<std::vector<User>> users(UidRange range) = 0;

  // Absent: the host has no such record.
  virtual Fact<DomainRecord> domain_record(const DomainRecordQuestion& question) = 0;

  // The devices that the kernel of domain 0 serves, and the version of Xen.
  virtual Fact<KernelView> kernel() = 0;

  // The settings in a file; absent if there is none.
  virtual Fact<Settings> settings(const std::string& path) = 0;
};

}  // namespace xsaudit
