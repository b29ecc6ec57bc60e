#include "cli/audit_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/escape.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

AuditInput AuditInput::live(const LiveOptions& options, Progress& progress, HostProbe* host) {
  AuditInput source("live");
  source.live_.emplace(
      Live{.options = options, .progress = &progress, .host = host, .store = std::nullopt});
  return source;
}

void AuditInput::connect(const ConfinementChoice& confinement) {
  if (!live_) return;
  auto store = LiveStore::connect(live_->options, confinement);
  if (store) {
    live_->store.emplace(*std::move(store));
  } else {
    error_ = store.error();
  }
}

AuditInput AuditInput::recording(const std::string& name, DumpOptions options,
                                 const std::string& host) {
  AuditInput source(name == "-" && !host.empty() ? host : name);
  source.host_ = host;
  source.options_ = std::move(options);
  if (name == "-") {
    source.descriptor_ = STDIN_FILENO;
    return source;
  }
  source.file_ = FileDescriptor(::open(name.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
  source.descriptor_ = source.file_.get();
  if (!source.file_.is_open()) {
    source.error_ = Error{escape(name), std::string("cannot open it: ") + std::strerror(errno), {}};
    return source;
  }
  struct stat status {};
  if (::fstat(source.descriptor_, &status) == 0 && S_ISDIR(status.st_mode)) {
    auto folder = ReportFolder::open(name);
    if (folder) {
      source.folder_ = *std::move(folder);
    } else {
      source.error_ = folder.error();
    }
  }
  return source;
}

std::vector<int> AuditInput::descriptors() const {
  std::vector<int> open;
  if (folder_) open = folder_->descriptors();
  if (descriptor_ >= 0) open.push_back(descriptor_);
  return open;
}

Result<Snapshot> AuditInput::read() {
  if (error_) return *error_;
  if (!live_) {
    auto snapshot =
        folder_ ? folder_->read(name_, options_) : read_dump(descriptor_, name_, options_);
    if (snapshot && snapshot->info().host.empty()) snapshot->info().host = host_;
    return snapshot;
  }
  if (live_->host != nullptr) live_->host->begin();
  auto snapshot = live_->store->read(*live_->progress);
  if (snapshot && live_->host != nullptr) live_->host->collect(*live_->store, *snapshot);
  live_->store.reset();
  return snapshot;
}

Status confine(const ConfinementChoice& confinement, std::span<AuditInput> inputs,
               std::vector<int> keep) {
  for (const AuditInput& input : inputs) {
    const std::vector<int> open = input.descriptors();
    keep.insert(keep.end(), open.begin(), open.end());
  }
  return confinement.confine(std::move(keep), [&] {
    for (AuditInput& input : inputs) input.connect(confinement);
  });
}

}  // namespace xsaudit
