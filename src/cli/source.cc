#include "cli/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "source/dump_reader.h"
#include "store/escape.h"

namespace xsaudit {

Source Source::live(const LiveOptions& options, Progress& progress,
                    const std::function<void(Snapshot&)>& look) {
  Source source("live");
  source.ready_.emplace(read_live_store(options, progress));
  if (look && source.ready_->ok()) look(**source.ready_);
  return source;
}

Source Source::recording(const std::string& name, DumpOptions options) {
  Source source(name);
  source.options_ = std::move(options);
  source.descriptor_ =
      name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (source.descriptor_ < 0) {
    source.ready_.emplace(
        Error{escape(name), std::string("cannot open it: ") + std::strerror(errno), {}});
  }
  return source;
}

Source::Source(Source&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      options_(std::move(other.options_)),
      ready_(std::move(other.ready_)) {}

Source::~Source() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

Result<Snapshot> Source::read() {
  if (ready_) return *std::move(ready_);
  return read_dump(descriptor_, name_, options_);
}

}  // namespace xsaudit
