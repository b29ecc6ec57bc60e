#include "source/live/libxenstore_reader.h"

extern "C" {  // the header does not say it
#include <xenstore.h>
}

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <utility>

namespace xsaudit {
namespace {

constexpr std::array<const char*, 3> kWatched = {"/", kIntroduceDomain, kReleaseDomain};

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
template <typename T>
using Allocated = std::unique_ptr<T, Free>;

StoreReply::Outcome outcome_of(int error) {
  switch (error) {
    case ENOENT: return StoreReply::Outcome::vanished;
    case EACCES:
    case EPERM: return StoreReply::Outcome::refused;
    case E2BIG: return StoreReply::Outcome::too_large;
    case EINVAL: return StoreReply::Outcome::invalid;
    // The values that libxenstore leaves in errno once its connection is gone (libs/store xs.c
    // read_message, read_all).
    case EBADF:
    case EPIPE:
    case ECONNRESET:
    case ENOTCONN: return StoreReply::Outcome::closed;
    default: return StoreReply::Outcome::failed;
  }
}

// xs_directory() puts the names behind the pointers to them, with room for as many as have an end
// (libs/store xs.c xs_directory, xs_count_strings), and then takes what follows the last end for
// one more. A list of which that is true is longer than its room.
bool has_room(char* const* names, unsigned int count) {
  if (count == 0) return true;
  if (::malloc_usable_size(const_cast<char**>(names)) < sizeof *names) return false;
  return names[0] - reinterpret_cast<const char*>(names) ==
         static_cast<std::ptrdiff_t>(count * sizeof *names);
}

// libxenstore keeps 32 bits of a number (xenstore-common.h xenstore_strings_to_perms), oxenstored
// 63: r4294967297 becomes r1 on the way. In front of b1 it would hide what domain 1 may do. So a
// list in which one domain has two different entries says nothing for certain.
bool ambiguous(const Permissions& list) {
  std::map<Domid, char> letters;
  return std::any_of(list.begin() + 1, list.end(), [&](const PermissionEntry& entry) {
    return letters.try_emplace(entry.domid, entry.letter()).first->second != entry.letter();
  });
}

}  // namespace

void LibxenstoreReader::Close::operator()(xs_handle* handle) const { xs_close(handle); }

Result<std::unique_ptr<LibxenstoreReader>> LibxenstoreReader::open(
    std::shared_ptr<ChangeWatcher> watcher) {
  Handle handle(xs_open(0));
  if (!handle) {
    return Error{"live store", std::string("cannot connect to xenstored: ") + std::strerror(errno),
                 "is this the control domain, is xenstored running, and are you root?"};
  }
  return std::unique_ptr<LibxenstoreReader>(
      new LibxenstoreReader(std::move(handle), std::move(watcher)));
}

void LibxenstoreReader::receive(StoreReply& reply) {
  const StoreRequest request = std::move(sent_.front());
  sent_.pop_front();
  reply.tag = request.tag;
  reply.problem.clear();
  // libxenstore's function for them, xs_control_command(), can also set limits and replace the
  // daemon, so it is not linked: a program without it cannot do either (tests/cli/imports.sh).
  if (request.kind == StoreRequest::Kind::daemon) {
    reply.outcome = StoreReply::Outcome::failed;
    reply.problem = "libxenstore is not asked for it";
    return;
  }
  if (too_long_.count({request.kind, request.path}) > 0) {
    reply.outcome = StoreReply::Outcome::too_large;
    return;
  }
  errno = 0;
  const bool done = read(request, reply);
  reply.outcome = done ? StoreReply::Outcome::ok : outcome_of(errno);
  if (!done) reply.problem = std::strerror(errno);
  const bool answered = done || reply.outcome == StoreReply::Outcome::vanished ||
                        reply.outcome == StoreReply::Outcome::refused;
  if (watcher_) watcher_->alive();
  // libxenstore keeps the events that were not taken, however many they are.
  if ((answered || connected()) && (watcher_ || take_events())) return;
  if (reply.problem.empty()) reply.problem = std::strerror(errno);
  if (!reconnect()) {
    reply.outcome = StoreReply::Outcome::closed;
  } else if (!answered) {
    too_long_.emplace(request.kind, request.path);
    reply.outcome = StoreReply::Outcome::too_large;
  }
}

bool LibxenstoreReader::read(const StoreRequest& request, StoreReply& reply) {
  switch (request.kind) {
    case StoreRequest::Kind::children: return read_children(request, reply);
    case StoreRequest::Kind::value: return read_value(request, reply);
    case StoreRequest::Kind::permissions: return read_permissions(request, reply);
    case StoreRequest::Kind::introduced: return read_introduced(request, reply);
    case StoreRequest::Kind::daemon: break;
  }
  return false;
}

// errno does not say whether the connection is gone: with a watch, a reply that is too long gives
// EINVAL (libs/store xs.c read_reply).
bool LibxenstoreReader::connected() {
  StoreReply reply;
  errno = 0;
  if (read_value({.path = "/"}, reply)) return true;
  return errno == ENOENT || errno == EACCES || errno == EPERM;
}

bool LibxenstoreReader::reconnect() {
  Handle fresh(xs_open(0));
  if (!fresh) return false;
  handle_ = std::move(fresh);
  if (std::exchange(transaction_, XBT_NULL) != XBT_NULL) transaction_lasted_ = false;
  if (!watching_) return connected();
  noted_.note_all();  // nothing was noticed in between
  return set_watches() && connected();
}

bool LibxenstoreReader::read_children(const StoreRequest& request, StoreReply& reply) {
  unsigned int count = 0;
  const Allocated<char*> names(
      xs_directory(handle_.get(), transaction_, request.path.c_str(), &count));
  if (!names) return false;
  if (!has_room(names.get(), count)) {
    errno = EPROTO;
    return false;
  }
  reply.children.clear();
  for (unsigned int i = 0; i < count; ++i) reply.children.append(names.get()[i]) += '\0';
  if (request.path == "/") {
    oxenstored_ = std::any_of(names.get(), names.get() + count,
                              [](std::string_view name) { return name == kReleaseDomain; });
  }
  return true;
}

bool LibxenstoreReader::read_value(const StoreRequest& request, StoreReply& reply) {
  unsigned int length = 0;
  const Allocated<char> bytes(
      static_cast<char*>(xs_read(handle_.get(), transaction_, request.path.c_str(), &length)));
  if (!bytes) return false;
  reply.value.assign(bytes.get(), length);
  return true;
}

bool LibxenstoreReader::read_permissions(const StoreRequest& request, StoreReply& reply) {
  unsigned int count = 0;
  const Allocated<xs_permissions> list(
      xs_get_permissions(handle_.get(), transaction_, request.path.c_str(), &count));
  if (!list) return false;
  reply.permissions.clear();
  for (unsigned int i = 0; i < count; ++i) {
    const auto bits = static_cast<unsigned int>(list.get()[i].perms);
    // C xenstored and xenstore-ls print the number with a sign, too.
    reply.permissions.push_back({.domid = static_cast<std::int32_t>(list.get()[i].id),
                                 .read = (bits & XS_PERM_READ) != 0,
                                 .write = (bits & XS_PERM_WRITE) != 0});
  }
  if (count > 0 && !(oxenstored_ && ambiguous(reply.permissions))) return true;
  errno = count == 0 ? EINVAL : EOVERFLOW;
  return false;
}

// xs_is_domain_introduced() answers false for an error as well, and then sets errno.
bool LibxenstoreReader::read_introduced(const StoreRequest& request, StoreReply& reply) {
  reply.introduced =
      xs_is_domain_introduced(handle_.get(), static_cast<unsigned int>(request.domid));
  return reply.introduced || errno == 0;
}

Status LibxenstoreReader::begin_transaction() {
  transaction_ = xs_transaction_start(handle_.get());
  transaction_lasted_ = true;
  if (transaction_ != XBT_NULL) return ok();
  return Error{"live store", std::string("it refused a transaction: ") + std::strerror(errno), ""};
}

Status LibxenstoreReader::end_transaction() {
  constexpr bool kAbort = true;
  const xs_transaction_t transaction = std::exchange(transaction_, XBT_NULL);
  if (transaction != XBT_NULL) xs_transaction_end(handle_.get(), transaction, kAbort);
  if (transaction_lasted_) return ok();
  return Error{"live store", "the connection was lost in the middle of a transaction", ""};
}

Status LibxenstoreReader::watch(Watched what) {
  return watcher_ ? watcher_->watch(what, deadline_) : watch_device();
}

void LibxenstoreReader::unwatch() {
  if (watcher_) watcher_->unwatch(deadline_);
  if (!watching_) return;
  for (const char* path : kWatched) xs_unwatch(handle_.get(), path, "changed");
  watching_ = false;
}

bool LibxenstoreReader::set_watches() {
  for (const char* path : kWatched) {
    if (!xs_watch(handle_.get(), path, "changed")) return false;
  }
  return true;
}

Status LibxenstoreReader::watch_device() {
  if (!set_watches()) {
    return Error{"live store", std::string("cannot watch it: ") + std::strerror(errno), ""};
  }
  watching_ = true;
  // A watch tells of itself first.
  XSAUDIT_TRY(changes());
  return ok();
}

// Each reply comes behind the events before it; why it takes three is said in watch_process.cc.
Result<StoreChanges> LibxenstoreReader::changes() {
  if (watcher_) return watcher_->changes(deadline_);
  for (int turn = 0; turn < 3; ++turn) {
    if (connected() && take_events()) continue;
    return Error{"live store", std::string("the connection was lost: ") + std::strerror(errno), ""};
  }
  return noted_.take();
}

Result<StoreChanges> LibxenstoreReader::await_changes() {
  if (watcher_) return watcher_->await_changes(deadline_);
  return Error{"live store", "nothing waits for its changes over the kernel's device", ""};
}

// False, with errno, if the connection is gone.
bool LibxenstoreReader::take_events() {
  while (const Allocated<char*> event{xs_check_watch(handle_.get())}) {
    noted_.note(event.get()[XS_WATCH_PATH]);
  }
  return errno == EAGAIN;
}

}  // namespace xsaudit
