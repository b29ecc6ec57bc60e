// One process, as the files below /proc/PID tell it. Stateless; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/facts/bounded_read.h"
#include "host/facts/proc_text.h"
#include "host/facts/process.h"

namespace xsaudit {

// What a process has more or longer of than this is unknown.
inline constexpr std::size_t kMaxCommandLine = 256 << 10;  // bytes
inline constexpr std::size_t kMaxDescriptors = 16384;
inline constexpr std::size_t kMaxDescriptorText = 1 << 20;  // bytes, of all targets
inline constexpr std::size_t kMaxThreads = 4096;

// What is the same for every process one looks at.
struct ProcContext {
  std::string root;                             // "/proc"
  Fact<std::uint64_t> boot_time;                // seconds of Unix time
  Fact<std::vector<Namespace>> own_namespaces;  // of the reader
};
ProcContext read_context(const std::string& root);

Fact<ProcStat> read_stat(const FileDescriptor& process);

// All but the peers of sockets: where a socket is, or may be, a Unix socket its peer is unknown.
// `before` is what read_stat() said when the caller began to look.
Process read_process(const ProcContext& context, const FileDescriptor& directory, Pid pid,
                     const Fact<ProcStat>& before);

// 11926 of "socket:[11926]".
std::optional<std::uint32_t> socket_inode(std::string_view target);

}  // namespace xsaudit
