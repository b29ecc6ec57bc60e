#include "cli/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "source/dump_reader.h"
#include "store/escape.h"

namespace xsaudit {

Source Source::live(const LiveOptions& options, Progress& progress, HostLooker* host) {
  Source source("live");
  source.live_.emplace(
      Live{.options = options, .progress = &progress, .host = host, .store = std::nullopt});
  return source;
}

void Source::connect() {
  if (!live_) return;
  auto store = LiveStore::connect(live_->options);
  if (store) {
    live_->store.emplace(*std::move(store));
  } else {
    error_ = store.error();
  }
}

Source Source::recording(const std::string& name, DumpOptions options) {
  Source source(name);
  source.options_ = std::move(options);
  source.descriptor_ =
      name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (source.descriptor_ < 0) {
    source.error_ = Error{escape(name), std::string("cannot open it: ") + std::strerror(errno), {}};
  }
  return source;
}

Source::Source(Source&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      options_(std::move(other.options_)),
      error_(std::move(other.error_)),
      live_(std::move(other.live_)) {}

Source::~Source() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

Result<Snapshot> Source::read() {
  if (error_) return *error_;
  if (!live_) return read_dump(descriptor_, name_, options_);
  auto snapshot = live_->store->read(*live_->progress);
  if (snapshot && live_->host != nullptr) live_->host->look(*live_->store, *snapshot);
  live_->store.reset();
  return snapshot;
}

}  // namespace xsaudit
