// The running host: processes from /proc, users from the C library, devices from /sys. Every read
// is bounded, and the facts of a process are never mixed with those of another that gets its pid in
// between. The rights of the reader determine how much it can read; the rest is unknown.
//
// Used by one thread at a time. There is no limit of time: a process can make the reader of its
// command line wait for memory that it serves itself, so the caller needs a timer.
#pragma once

#include <functional>
#include <string>

#include "host/facts/peer_by_pidfd.h"
#include "host/facts/process_source.h"

namespace xsaudit {

struct ProcContext;

class ProcFilesystem final : public ProcessSource {
 public:
  using ReadUnixSockets = std::function<Fact<UnixSocketTable>()>;
  using AskSocket = std::function<Fact<std::string>(Pid, const Descriptor&)>;

  // If the kernel does not list the Unix sockets, the peer of each one is requested.
  explicit ProcFilesystem(std::string root = "/proc",
                          ReadUnixSockets read_unix_sockets = xsaudit::read_unix_sockets,
                          AskSocket ask_socket = peer_of_borrowed_socket);

  std::vector<Fact<Process>> look_at(const std::vector<Pid>& pids) override;
  Fact<std::vector<Pid>> with_argument(const std::vector<std::string>& arguments) override;
  Fact<User> user(const std::string& name) override;
  Fact<std::vector<User>> users(UidRange range) override;
  Fact<DomainRecord> domain_record(const DomainRecordQuestion& question) override;
  Fact<KernelView> kernel() override;
  Fact<Settings> settings(const std::string& path) override;

  // Facts beyond these limits are unknown; proc_process.h has the limits for one process.
  static constexpr std::size_t kMaxProcesses = 1 << 18;
  static constexpr std::size_t kMaxFound = 4096;  // by with_argument()

 private:
  Fact<Process> look_at(const ProcContext& context, Pid pid) const;
  Fact<Process> not_there(int error) const;
  bool hides_processes() const;
  void find_peers(std::vector<Fact<Process>>& processes) const;

  std::string root_;
  ReadUnixSockets read_unix_sockets_;
  AskSocket ask_socket_;
};

}  // namespace xsaudit
