// The members of the structs of process.h by name, listed once for writing and reading, so that
// nothing that is written is forgotten when it is read. Only process_record.cc uses it. Stateless.
#pragma once

#include <type_traits>

#include "host/process.h"

namespace xsaudit {

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
