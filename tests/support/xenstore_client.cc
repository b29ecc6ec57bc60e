#include "support/xenstore_client.h"

extern "C" {  // the header does not say it
#include <xenstore.h>
}

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace xsaudit {
namespace {

void require(bool done, const std::string& what) {
  if (!done) throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

void XenstoreClient::Close::operator()(xs_handle* handle) const { xs_close(handle); }

XenstoreClient::XenstoreClient() : handle_(xs_open(0)) { require(handle_ != nullptr, "xs_open"); }

void XenstoreClient::write(const std::string& path, const std::string& value) {
  require(xs_write(handle_.get(), XBT_NULL, path.c_str(), value.data(),
                   static_cast<unsigned int>(value.size())),
          "write " + path);
}

void XenstoreClient::write_together(
    const std::vector<std::pair<std::string, std::string>>& values) {
  do {
    const xs_transaction_t transaction = xs_transaction_start(handle_.get());
    require(transaction != XBT_NULL, "start a transaction");
    for (const auto& [path, value] : values) {
      require(xs_write(handle_.get(), transaction, path.c_str(), value.data(),
                       static_cast<unsigned int>(value.size())),
              "write " + path);
    }
    if (xs_transaction_end(handle_.get(), transaction, false)) return;
  } while (errno == EAGAIN);
  require(false, "end a transaction");
}

void XenstoreClient::set_permissions(const std::string& path, const std::string& permissions) {
  const Permissions entries = *parse_permissions(permissions);
  std::vector<xs_permissions> list;
  for (const PermissionEntry& entry : entries) {
    const unsigned int bits =
        (entry.read ? XS_PERM_READ : XS_PERM_NONE) | (entry.write ? XS_PERM_WRITE : XS_PERM_NONE);
    list.push_back({static_cast<unsigned int>(entry.domid), bits});
  }
  require(xs_set_permissions(handle_.get(), XBT_NULL, path.c_str(), list.data(),
                             static_cast<unsigned int>(list.size())),
          "set permissions of " + path + " to " + permissions);
}

void XenstoreClient::remove(const std::string& path) {
  require(xs_rm(handle_.get(), XBT_NULL, path.c_str()), "remove " + path);
}

std::optional<std::string> XenstoreClient::read(const std::string& path) {
  unsigned int length = 0;
  void* const bytes = xs_read(handle_.get(), XBT_NULL, path.c_str(), &length);
  if (bytes == nullptr) {
    require(errno == ENOENT, "read " + path);
    return std::nullopt;
  }
  std::string value(static_cast<const char*>(bytes), length);
  std::free(bytes);
  return value;
}

void XenstoreClient::introduce(Domid domid) {
  // The context and the port mean nothing to the stand-in, but the daemons want them above zero.
  require(xs_introduce_domain(handle_.get(), static_cast<unsigned int>(domid), 1, 1),
          "introduce " + std::to_string(domid));
}

void XenstoreClient::release(Domid domid) {
  require(xs_release_domain(handle_.get(), static_cast<unsigned int>(domid)),
          "release " + std::to_string(domid));
}

void XenstoreClient::set_target(Domid stub, Domid target) {
  require(xs_set_target(handle_.get(), static_cast<unsigned int>(stub),
                        static_cast<unsigned int>(target)),
          "set the target of " + std::to_string(stub));
}

void XenstoreClient::load(const Snapshot& recording) {
  for (NodeId node = 1; node < recording.size(); ++node) {
    const std::string path = recording.path(node);
    if (recording.name(node).front() == '@') continue;  // the daemon's own
    write(path, std::string(recording.value(node)));
    set_permissions(path, to_text(*recording.permissions(node)));
  }
}

}  // namespace xsaudit
