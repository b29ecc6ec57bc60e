// The facts that the kernel reports about one process and the host's users, at the time they were
// read and without judgement. Plain values; any thread may read shared ones.
//
// A process chooses its own command line, and may change it later: `arguments` is a claim. The rest
// comes from the kernel. All text is raw bytes and must be escaped (base/escape.h) before it is
// shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "host/facts/fact.h"

namespace xsaudit {

using Pid = std::uint32_t;

// The four uids or gids of a process.
struct Ids {
  std::uint32_t real = 0, effective = 0, saved = 0, filesystem = 0;
  bool operator==(const Ids&) const = default;
};

// One bit a capability, by its number in linux/capability.h.
struct Capabilities {
  std::uint64_t inheritable = 0, permitted = 0, effective = 0, bounding = 0, ambient = 0;
  bool operator==(const Capabilities&) const = default;
};

// The credentials of a thread; each thread of a process has its own.
struct Credentials {
  Fact<Ids> uids, gids;
  Fact<std::vector<std::uint32_t>> groups;  // supplementary
  Fact<Capabilities> capabilities;
  Fact<std::uint32_t> seccomp;  // 0 none, 1 strict, 2 filter
  Fact<bool> no_new_privileges;
  bool operator==(const Credentials&) const = default;
};

struct Namespace {
  std::string kind;  // "mnt", "ipc", …
  std::string id;    // "mnt:[4026531841]"
  Fact<bool> ours;   // whether it is the namespace of the reading process
  bool operator==(const Namespace&) const = default;
};

struct Limit {
  std::string name;                         // as /proc/PID/limits has it: "Max file size"
  std::optional<std::uint64_t> soft, hard;  // nothing: unlimited
  bool operator==(const Limit&) const = default;
};

struct Descriptor {
  std::uint32_t number = 0;
  std::string target;  // "/dev/xen/privcmd", "socket:[11926]", …
  // The name that the peer of a connected Unix socket is bound to; empty if it is not bound. Absent
  // for any other descriptor.
  Fact<std::string> peer = Fact<std::string>::absent();
  bool operator==(const Descriptor&) const = default;
};

struct Process {
  Pid pid = 0;
  Fact<std::string> state;          // one letter of proc(5): "R", "S", "Z" …
  Fact<std::uint64_t> start_ticks;  // clock ticks from boot; with the pid it names the process
  Fact<std::uint64_t> started;      // the same in seconds of Unix time
  Fact<std::string> executable;     // absent: it has none (a zombie, a kernel thread)
  Fact<std::vector<std::string>> arguments;
  Credentials credentials;            // of its first thread
  Fact<std::uint32_t> other_threads;  // the number of threads with other credentials
  Fact<std::string> root;
  Fact<std::vector<Namespace>> namespaces;
  Fact<std::vector<Limit>> limits;
  Fact<std::vector<Descriptor>> descriptors;
  bool operator==(const Process&) const = default;
};

struct User {
  std::string name;
  std::uint32_t uid = 0, gid = 0;
  bool operator==(const User&) const = default;
};

struct UidRange {
  std::uint32_t first = 0, last = 0;                  // both included
  auto operator<=>(const UidRange&) const = default;  // NOLINT(modernize-use-nullptr): not ours
};

// The members of the structs of process.h by name, listed once for writing and reading, so that
// both handle the same members. Only process_record.cc uses it. Stateless.
template <typename T, typename Struct>
concept Is = std::is_same_v<std::remove_const_t<T>, Struct>;  // const where it is written

template <typename Visit>
void visit_members(Is<Ids> auto& ids, Visit visit) {
  visit("real", ids.real);
  visit("effective", ids.effective);
  visit("saved", ids.saved);
  visit("filesystem", ids.filesystem);
}

template <typename Visit>
void visit_members(Is<Credentials> auto& credentials, Visit visit) {
  visit("uids", credentials.uids);
  visit("gids", credentials.gids);
  visit("groups", credentials.groups);
  visit("capabilities", credentials.capabilities);
  visit("seccomp", credentials.seccomp);
  visit("no_new_privileges", credentials.no_new_privileges);
}

template <typename Visit>
void visit_members(Is<Capabilities> auto& capabilities, Visit visit) {
  visit("inheritable", capabilities.inheritable);
  visit("permitted", capabilities.permitted);
  visit("effective", capabilities.effective);
  visit("bounding", capabilities.bounding);
  visit("ambient", capabilities.ambient);
}

template <typename Visit>
void visit_members(Is<Namespace> auto& one, Visit visit) {
  visit("kind", one.kind);
  visit("id", one.id);
  visit("ours", one.ours);
}

template <typename Visit>
void visit_members(Is<Limit> auto& limit, Visit visit) {
  visit("name", limit.name);
  visit("soft", limit.soft);
  visit("hard", limit.hard);
}

template <typename Visit>
void visit_members(Is<Descriptor> auto& descriptor, Visit visit) {
  visit("number", descriptor.number);
  visit("target", descriptor.target);
  visit("peer", descriptor.peer);
}

template <typename Visit>
void visit_members(Is<User> auto& user, Visit visit) {
  visit("name", user.name);
  visit("uid", user.uid);
  visit("gid", user.gid);
}

template <typename Visit>
void visit_members(Is<Process> auto& process, Visit visit) {
  visit("pid", process.pid);
  visit("state", process.state);
  visit("start_ticks", process.start_ticks);
  visit("started", process.started);
  visit("executable", process.executable);
  visit("arguments", process.arguments);
  visit("credentials", process.credentials);
  visit("other_threads", process.other_threads);
  visit("root", process.root);
  visit("namespaces", process.namespaces);
  visit("limits", process.limits);
  visit("descriptors", process.descriptors);
}

}  // namespace xsaudit
