// The running host: processes as /proc shows them, users as the C library finds them. Every read is
// bounded, and a process that ends or whose pid is given to another meanwhile is never a mixture of
// two. The reader's own rights decide how much it sees; the rest is unknown.
//
// Used by one thread at a time. No bound on time: a process can make whoever reads its command line
// wait for memory that it serves itself, so the caller needs a timer that ends the whole.
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

  // Where the kernel does not list the Unix sockets, each of them is asked.
  explicit ProcFilesystem(std::string root = "/proc",
                          ReadUnixSockets read_unix_sockets = xsaudit::read_unix_sockets,
                          AskSocket ask_socket = peer_of_borrowed_socket);

  std::vector<Fact<Process>> look_at(const std::vector<Pid>& pids) override;
  Fact<std::vector<Pid>> with_argument(const std::vector<std::string>& arguments) override;
  Fact<User> user(const std::string& name) override;
  Fact<std::vector<User>> users(UidRange range) override;
  Fact<DomainRecord> domain_record(const DomainRecordQuestion& question) override;

  // More than these are unknown; what a process may have of everything is in proc_process.h.
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
