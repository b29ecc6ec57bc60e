// Reads one process from the files below /proc/PID. Stateless; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/facts/bounded_read.h"
#include "host/facts/proc_text.h"
#include "host/facts/process.h"

namespace xsaudit {

// Facts beyond these limits are unknown.
inline constexpr std::size_t kMaxCommandLine = 256 << 10;  // bytes
inline constexpr std::size_t kMaxDescriptors = 16384;
inline constexpr std::size_t kMaxDescriptorText = 1 << 20;  // bytes, of all targets
inline constexpr std::size_t kMaxThreads = 4096;

// Facts that are the same for every process.
struct ProcContext {
  std::string root;                             // "/proc"
  Fact<std::uint64_t> boot_time;                // seconds of Unix time
  Fact<std::vector<Namespace>> own_namespaces;  // the reader's
};
ProcContext read_context(const std::string& root);

Fact<ProcStat> read_stat(const FileDescriptor& process);

// All facts except the peers of sockets: the peer of a descriptor that is or may be a Unix socket
// is unknown. `before` is the result of read_stat() at the beginning.
Process read_process(const ProcContext& context, const FileDescriptor& directory, Pid pid,
                     const Fact<ProcStat>& before);

// 11926 of "socket:[11926]".
std::optional<std::uint32_t> socket_inode(std::string_view target);

}  // namespace xsaudit
