#include "host/facts/proc_process.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace xsaudit {
namespace {

constexpr std::size_t kMaxStat = 4096;
constexpr std::size_t kMaxStatus = 1 << 20;  // 65,536 supplementary groups are possible
constexpr std::size_t kMaxLimits = 16384;
constexpr std::size_t kMaxNamespaces = 64;
constexpr std::size_t kMaxHostStat = 16 << 20;  // a column for every interrupt of the machine

// A missing file means that the kernel does not provide the fact, not that the fact is absent.
template <typename T, typename U>
Fact<T> unknown_as(const Fact<U>& source) {
  return Fact<T>::unknown(source.is_absent() ? "the kernel does not report it" : source.reason());
}

template <typename T>
Fact<T> parsed(const Fact<std::string>& text, Fact<T> (*parse)(std::string_view)) {
  return text.is_known() ? parse(*text) : unknown_as<T>(text);
}

Fact<std::vector<Namespace>> read_namespaces(int process) {
  using Namespaces = std::vector<Namespace>;
  Fact<std::vector<std::string>> kinds = list_directory(process, "ns", kMaxNamespaces);
  if (!kinds.is_known()) return unknown_as<Namespaces>(kinds);
  std::sort(kinds->begin(), kinds->end());
  Namespaces namespaces;
  for (const std::string& kind : *kinds) {
    // "pid_for_children" is the namespace of processes that do not exist yet.
    if (kind.find("_for_children") != std::string::npos) continue;
    const Fact<std::string> id = read_link(process, "ns/" + kind);
    if (!id.is_known()) return unknown_as<Namespaces>(id);
    namespaces.push_back({.kind = kind, .id = *id, .ours = {}});
  }
  return namespaces;
}

void compare(std::vector<Namespace>& namespaces, const Fact<std::vector<Namespace>>& own) {
  for (Namespace& one : namespaces) {
    one.ours = Fact<bool>::unknown("the reader's own is not known");
    if (!own.is_known()) continue;
    for (const Namespace& other : *own) {
      if (other.kind == one.kind) one.ours = other.id == one.id;
    }
  }
}

// Only for a socket that is known not to be a Unix socket (lsof asks in the same way).
bool is_other_socket(const ProcContext& context, Pid pid, const std::string& number) {
  const std::string path = context.root + "/" + std::to_string(pid) + "/fd/" + number;
  std::array<char, 64> protocol{};
  const ssize_t size =
      getxattr(path.c_str(), "system.sockprotoname", protocol.data(), protocol.size());
  return size > 0 && std::string_view(protocol.data(), 4) != "UNIX";
}

Fact<std::vector<Descriptor>> read_descriptors(const ProcContext& context, int process, Pid pid) {
  using Descriptors = std::vector<Descriptor>;
  const auto numbers = list_directory(process, "fd", kMaxDescriptors);
  if (!numbers.is_known()) return unknown_as<Descriptors>(numbers);
  Descriptors descriptors;
  std::size_t text = 0;
  for (const std::string& name : *numbers) {
    const Fact<std::uint64_t> number = parse_number(name);
    if (!number.is_known() || *number > UINT32_MAX) continue;
    const Fact<std::string> target = read_link(process, "fd/" + name);
    if (target.is_absent()) continue;  // closed since
    if (target.is_unknown()) return unknown_as<Descriptors>(target);
    Descriptor descriptor{.number = static_cast<std::uint32_t>(*number), .target = *target};
    if (socket_inode(*target) && !is_other_socket(context, pid, name)) {
      descriptor.peer = Fact<std::string>::unknown("it was not examined");
    }
    descriptors.push_back(std::move(descriptor));
    text += target->size();
    if (text > kMaxDescriptorText) {
      return Fact<Descriptors>::unknown("they are longer than " +
                                        std::to_string(kMaxDescriptorText) + " bytes");
    }
  }
  std::sort(descriptors.begin(), descriptors.end(),
            [](const Descriptor& a, const Descriptor& b) { return a.number < b.number; });
  return descriptors;
}

// Absent: the process or thread has ended.
Fact<Credentials> read_credentials(int process, const std::string& path) {
  const Fact<std::string> text = read_file(process, path, kMaxStatus);
  if (!text.is_known()) return Fact<Credentials>::as_little_as(text);
  return parse_status(*text);
}

// All have the same reason.
Credentials unknown_credentials(const Fact<Credentials>& why) {
  return {.uids = unknown_as<Ids>(why),
          .gids = unknown_as<Ids>(why),
          .groups = unknown_as<std::vector<std::uint32_t>>(why),
          .capabilities = unknown_as<Capabilities>(why),
          .seccomp = unknown_as<std::uint32_t>(why),
          .no_new_privileges = unknown_as<bool>(why)};
}

Fact<std::uint32_t> count_other_threads(int process, const Credentials& first) {
  const auto threads = list_directory(process, "task", kMaxThreads);
  if (!threads.is_known()) return unknown_as<std::uint32_t>(threads);
  std::uint32_t others = 0;
  for (const std::string& thread : *threads) {
    const auto credentials = read_credentials(process, "task/" + thread + "/status");
    if (credentials.is_absent()) continue;  // ended since
    if (credentials.is_unknown()) return unknown_as<std::uint32_t>(credentials);
    if (!(*credentials == first)) ++others;
  }
  return others;
}

Fact<std::uint64_t> start_time(const Fact<std::uint64_t>& ticks, const ProcContext& context) {
  if (!ticks.is_known()) return ticks;
  if (!context.boot_time.is_known()) return context.boot_time;
  const long ticks_a_second = sysconf(_SC_CLK_TCK);
  if (ticks_a_second <= 0) return Fact<std::uint64_t>::unknown("the clock is not known");
  return *context.boot_time + *ticks / static_cast<std::uint64_t>(ticks_a_second);
}

}  // namespace

std::optional<std::uint32_t> socket_inode(std::string_view target) {
  constexpr std::string_view kOpen = "socket:[";
  if (target.substr(0, kOpen.size()) != kOpen || target.back() != ']') return std::nullopt;
  const auto inode = parse_number(target.substr(kOpen.size(), target.size() - kOpen.size() - 1));
  if (!inode.is_known() || *inode > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*inode);
}

ProcContext read_context(const std::string& root) {
  ProcContext context{
      .root = root,
      .boot_time = parsed(read_file(AT_FDCWD, root + "/stat", kMaxHostStat), parse_boot_time),
      .own_namespaces = {}};
  const FileDescriptor self = open_directory(AT_FDCWD, (root + "/self").c_str());
  if (self.is_open()) context.own_namespaces = read_namespaces(self.get());
  return context;
}

Fact<ProcStat> read_stat(const FileDescriptor& process) {
  const Fact<std::string> text = read_file(process.get(), "stat", kMaxStat);
  return text.is_known() ? parse_stat(*text) : Fact<ProcStat>::as_little_as(text);
}

Process read_process(const ProcContext& context, const FileDescriptor& directory, Pid pid,
                     const Fact<ProcStat>& before) {
  const int files = directory.get();
  Process process;
  process.pid = pid;
  process.state = before.is_known() ? before->state : unknown_as<std::string>(before);
  process.start_ticks = before.is_known() ? before->start_ticks : unknown_as<std::uint64_t>(before);
  process.started = start_time(process.start_ticks, context);
  process.executable = read_link(files, "exe");
  process.arguments = parsed(read_file(files, "cmdline", kMaxCommandLine), parse_arguments);

  const Fact<Credentials> credentials = read_credentials(files, "status");
  process.credentials = credentials.is_known() ? *credentials : unknown_credentials(credentials);
  process.other_threads = count_other_threads(files, process.credentials);

  const Fact<std::string> root = read_link(files, "root");
  process.root = root.is_known() ? root : unknown_as<std::string>(root);
  process.namespaces = read_namespaces(files);
  if (process.namespaces.is_known()) compare(*process.namespaces, context.own_namespaces);
  process.limits = parsed(read_file(files, "limits", kMaxLimits), parse_limits);
  process.descriptors = read_descriptors(context, files, pid);
  return process;
}

}  // namespace xsaudit
