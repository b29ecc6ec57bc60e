#include "source/libxenstore_reader.h"

extern "C" {  // the header does not say it
#include <xenstore.h>
}

#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace xsaudit {
namespace {

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
    // What libxenstore leaves in errno once its connection is gone (libs/store xs.c read_message,
    // read_all).
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

}  // namespace

void LibxenstoreReader::Close::operator()(xs_handle* handle) const { xs_close(handle); }

Result<std::unique_ptr<LibxenstoreReader>> LibxenstoreReader::open() {
  Handle handle(xs_open(0));
  if (!handle) {
    return Error{"live store", std::string("cannot connect to xenstored: ") + std::strerror(errno),
                 "is this the control domain, is xenstored running, and are you root?"};
  }
  return std::unique_ptr<LibxenstoreReader>(new LibxenstoreReader(std::move(handle)));
}

void LibxenstoreReader::receive(StoreReply& reply) {
  const StoreRequest request = std::move(sent_.front());
  sent_.pop_front();
  reply.tag = request.tag;
  reply.problem.clear();
  errno = 0;
  bool done = false;
  switch (request.kind) {
    case StoreRequest::Kind::children: done = read_children(request, reply); break;
    case StoreRequest::Kind::value: done = read_value(request, reply); break;
    case StoreRequest::Kind::permissions: done = read_permissions(request, reply); break;
    case StoreRequest::Kind::introduced: done = read_introduced(request, reply); break;
  }
  reply.outcome = done ? StoreReply::Outcome::ok : outcome_of(errno);
  if (!done) reply.problem = std::strerror(errno);
  // libxenstore keeps what was not taken, however much that is.
  if (const Status taken = take_events(); !taken) {
    reply.outcome = StoreReply::Outcome::closed;
    reply.problem = taken.error().message;
  }
}

bool LibxenstoreReader::read_children(const StoreRequest& request, StoreReply& reply) {
  unsigned int count = 0;
  const Allocated<char*> names(xs_directory(handle_.get(), XBT_NULL, request.path.c_str(), &count));
  if (!names) return false;
  if (!has_room(names.get(), count)) {
    errno = EPROTO;
    return false;
  }
  reply.children.assign(names.get(), names.get() + count);
  return true;
}

bool LibxenstoreReader::read_value(const StoreRequest& request, StoreReply& reply) {
  unsigned int length = 0;
  const Allocated<char> bytes(
      static_cast<char*>(xs_read(handle_.get(), XBT_NULL, request.path.c_str(), &length)));
  if (!bytes) return false;
  reply.value.assign(bytes.get(), length);
  return true;
}

bool LibxenstoreReader::read_permissions(const StoreRequest& request, StoreReply& reply) {
  unsigned int count = 0;
  const Allocated<xs_permissions> list(
      xs_get_permissions(handle_.get(), XBT_NULL, request.path.c_str(), &count));
  if (!list) return false;
  reply.permissions.clear();
  for (unsigned int i = 0; i < count; ++i) {
    const auto bits = static_cast<unsigned int>(list.get()[i].perms);
    reply.permissions.push_back({.domid = list.get()[i].id,
                                 .read = (bits & XS_PERM_READ) != 0,
                                 .write = (bits & XS_PERM_WRITE) != 0});
  }
  if (count == 0) errno = EINVAL;
  return count > 0;
}

// xs_is_domain_introduced() answers false for an error as well, and then sets errno.
bool LibxenstoreReader::read_introduced(const StoreRequest& request, StoreReply& reply) {
  reply.introduced = xs_is_domain_introduced(handle_.get(), request.domid);
  return reply.introduced || errno == 0;
}

Status LibxenstoreReader::watch() {
  for (const char* path : {"/", kIntroduceDomain, kReleaseDomain}) {
    if (!xs_watch(handle_.get(), path, "changed")) {
      return Error{"live store", std::string("cannot watch it: ") + std::strerror(errno), ""};
    }
  }
  // A watch tells of itself first.
  auto first = changes();
  if (!first) return first.error();
  return ok();
}

// Each reply comes behind the events before it; why it takes three is said in wire_reader.cc.
Result<StoreChanges> LibxenstoreReader::changes() {
  StoreRequest request{.path = "/"};
  StoreReply reply;
  for (int turn = 0; turn < 3; ++turn) {
    errno = 0;
    if (!read_value(request, reply) && outcome_of(errno) == StoreReply::Outcome::closed) {
      return Error{"live store", std::string("the connection was lost: ") + std::strerror(errno),
                   ""};
    }
  }
  const Status taken = take_events();
  if (!taken) return taken.error();
  return noted_.take();
}

Status LibxenstoreReader::take_events() {
  while (const Allocated<char*> event{xs_check_watch(handle_.get())}) {
    if (!noted_.note(event.get()[XS_WATCH_PATH])) {
      return Error{"live store", "xenstored told of a change that cannot be", ""};
    }
  }
  if (errno == EAGAIN) return ok();
  return Error{"live store", std::string("the connection was lost: ") + std::strerror(errno), ""};
}

}  // namespace xsaudit
