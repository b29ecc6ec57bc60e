#include "host/facts/proc_filesystem.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "host/facts/bounded_read.h"
#include "host/facts/kernel_filesystem.h"
#include "host/facts/proc_process.h"
#include "host/facts/user_database.h"

namespace xsaudit {
namespace {

constexpr char kHidden[] = "this /proc hides the processes of others (hidepid)";

Fact<std::string> peer_of(const UnixSocketTable& table, std::uint32_t inode) {
  const auto own = table.find(inode);
  // A socket of another network namespace, or opened while the table was read.
  if (own == table.end()) {
    return Fact<std::string>::unknown("it is not among the Unix sockets that can be seen");
  }
  const Fact<std::uint32_t>& peer = own->second.peer;
  if (!peer.is_known()) return Fact<std::string>::as_little_as(peer);
  const auto other = table.find(*peer);
  if (other == table.end()) {
    return Fact<std::string>::unknown("its other end is not among the sockets that can be seen");
  }
  return other->second.name;
}

bool has_any_of(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  return std::find_first_of(there.begin(), there.end(), wanted.begin(), wanted.end()) !=
         there.end();
}

}  // namespace

ProcFilesystem::ProcFilesystem(std::string root, ReadUnixSockets read_unix_sockets,
                               AskSocket ask_socket)
    : root_(std::move(root)),
      read_unix_sockets_(std::move(read_unix_sockets)),
      ask_socket_(std::move(ask_socket)) {}

std::vector<Fact<Process>> ProcFilesystem::look_at(const std::vector<Pid>& pids) {
  const ProcContext context = read_context(root_);
  std::vector<Fact<Process>> processes;
  processes.reserve(pids.size());
  for (const Pid pid : pids) processes.push_back(look_at(context, pid));
  find_peers(processes);
  return processes;
}

Fact<Process> ProcFilesystem::look_at(const ProcContext& context, Pid pid) const {
  constexpr int kAttempts = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const FileDescriptor directory =
        open_directory(AT_FDCWD, (root_ + "/" + std::to_string(pid)).c_str());
    if (!directory.is_open()) return not_there(errno);
    const Fact<ProcStat> before = read_stat(directory);
    Fact<Process> process = read_process(context, directory, pid, before);
    const Fact<ProcStat> after = read_stat(directory);
    // Hidden processes have a directory too, but nothing in it.
    if (before.is_absent()) return not_there(ENOENT);
    if (after.is_absent()) return Fact<Process>::absent();  // ended meanwhile
    if (!before.is_known() || !after.is_known()) return process;
    // Neither another process with its pid, nor another program that it has executed.
    const Fact<std::string> executable = read_link(directory.get(), "exe");
    if (before->start_ticks == after->start_ticks && executable == process->executable) {
      return process;
    }
  }
  return Fact<Process>::unknown("another process took its place each time it was read");
}

Fact<Process> ProcFilesystem::not_there(int error) const {
  if (error != ENOENT && error != ESRCH) {
    return Fact<Process>::unknown("it may not be examined (" +
                                  std::generic_category().message(error) + ")");
  }
  return hides_processes() ? Fact<Process>::unknown(kHidden) : Fact<Process>::absent();
}

// Process 1 always exists; with "hidepid" a user without the right to examine it does not see it
// either.
bool ProcFilesystem::hides_processes() const {
  struct stat first {};
  return stat((root_ + "/1").c_str(), &first) != 0;
}

void ProcFilesystem::find_peers(std::vector<Fact<Process>>& processes) const {
  Fact<UnixSocketTable> table;
  bool have_table = false;
  for (Fact<Process>& process : processes) {
    if (!process.is_known() || !process->descriptors.is_known()) continue;
    for (Descriptor& descriptor : *process->descriptors) {
      if (!descriptor.peer.is_unknown()) continue;
      // Read after the descriptors, so that it contains all their peers.
      if (!std::exchange(have_table, true)) table = read_unix_sockets_();
      if (table.is_known()) {
        descriptor.peer = peer_of(*table, socket_inode(descriptor.target).value());
        continue;
      }
      descriptor.peer = ask_socket_(process->pid, descriptor);
      if (!descriptor.peer.is_unknown()) continue;
      descriptor.peer =
          Fact<std::string>::unknown(table.reason() + "; " + descriptor.peer.reason());
    }
  }
}

Fact<std::vector<Pid>> ProcFilesystem::with_argument(const std::vector<std::string>& arguments) {
  using Pids = std::vector<Pid>;
  const FileDescriptor root = open_directory(AT_FDCWD, root_.c_str());
  const auto names = list_directory(root.get(), ".", kMaxProcesses);
  if (!names.is_known()) return Fact<Pids>::unknown("the processes cannot be listed");
  if (hides_processes()) return Fact<Pids>::unknown(kHidden);
  Pids found;
  for (const std::string& name : *names) {
    const Fact<std::uint64_t> pid = parse_number(name);
    if (!pid.is_known()) continue;
    const auto text = read_file(root.get(), name + "/cmdline", kMaxCommandLine);
    if (text.is_absent()) continue;  // ended since
    if (text.is_known() && !has_any_of(arguments, *parse_arguments(*text))) continue;
    found.push_back(static_cast<Pid>(*pid));
    if (found.size() > kMaxFound) {
      return Fact<Pids>::unknown("more than " + std::to_string(kMaxFound) +
                                 " processes match or cannot be read");
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

Fact<User> ProcFilesystem::user(const std::string& name) { return find_user(name); }

Fact<std::vector<User>> ProcFilesystem::users(UidRange range) { return find_users(range); }

Fact<DomainRecord> ProcFilesystem::domain_record(const DomainRecordQuestion& question) {
  return read_domain_record(question);
}

Fact<KernelView> ProcFilesystem::kernel() { return read_kernel_view(); }

Fact<Settings> ProcFilesystem::settings(const std::string& path) { return read_settings(path); }

}  // namespace xsaudit
