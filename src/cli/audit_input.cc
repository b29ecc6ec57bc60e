#include "cli/audit_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/escape.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

AuditInput AuditInput::live(const LiveOptions& options, Progress& progress, HostLooker* host) {
  AuditInput source("live");
  source.live_.emplace(
      Live{.options = options, .progress = &progress, .host = host, .store = std::nullopt});
  return source;
}

void AuditInput::connect(const std::string& user) {
  if (!live_) return;
  auto store = LiveStore::connect(live_->options, user);
  if (store) {
    live_->store.emplace(*std::move(store));
  } else {
    error_ = store.error();
  }
}

AuditInput AuditInput::recording(const std::string& name, DumpOptions options) {
  AuditInput source(name);
  source.options_ = std::move(options);
  source.descriptor_ =
      name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (source.descriptor_ < 0) {
    source.error_ = Error{escape(name), std::string("cannot open it: ") + std::strerror(errno), {}};
  }
  return source;
}

AuditInput::AuditInput(AuditInput&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      options_(std::move(other.options_)),
      error_(std::move(other.error_)),
      live_(std::move(other.live_)) {}

AuditInput::~AuditInput() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

Result<Snapshot> AuditInput::read() {
  if (error_) return *error_;
  if (!live_) return read_dump(descriptor_, name_, options_);
  auto snapshot = live_->store->read(*live_->progress);
  if (snapshot && live_->host != nullptr) live_->host->look(*live_->store, *snapshot);
  live_->store.reset();
  return snapshot;
}

}  // namespace xsaudit
