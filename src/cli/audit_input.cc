#include "cli/audit_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/escape.h"
#include "cli/deferred_snapshot.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {

AuditInput AuditInput::live(const LiveOptions& options, Progress& progress, HostProbe* host,
                            DeferredSnapshot* second_reading) {
  AuditInput source("live");
  source.live_.emplace(Live{.options = options,
                            .progress = &progress,
                            .host = host,
                            .second_reading = second_reading,
                            .store = std::nullopt});
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

namespace {

struct Named {
  std::string path;
  std::string moment;  // empty: none is named
};

// "DIR@TIME", if there is no file of this name.
Named take_apart(const std::string& name) {
  const auto exists = [](const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
  };
  if (exists(name)) return {name, {}};
  for (std::size_t at = name.rfind('@'); at != name.npos && at > 0; at = name.rfind('@', at - 1)) {
    if (exists(name.substr(0, at))) return {name.substr(0, at), name.substr(at + 1)};
  }
  return {name, {}};
}

Result<std::optional<Moment>> moment_of(const std::string& text) {
  if (text.empty()) return std::optional<Moment>();
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  XSAUDIT_ASSIGN(const auto moment, parse_given_moment(text, now));
  return std::optional(moment);
}

}  // namespace

AuditInput AuditInput::recording(const std::string& name, DumpOptions options,
                                 const std::string& host, const std::string& moment) {
  const bool piped = name == "-";
  AuditInput source(piped && !host.empty() ? host : moment.empty() ? name : name + '@' + moment);
  source.host_ = host;
  source.options_ = std::move(options);
  const Named named = piped ? Named{} : take_apart(name);
  const auto wanted = moment_of(moment.empty() ? named.moment : moment);
  if (!wanted) {
    source.error_ = wanted.error();
  } else if (piped) {
    source.descriptor_ = STDIN_FILENO;
  } else if (const Status opened = source.open(named.path); !opened) {
    source.error_ = opened.error();
  }
  if (wanted) source.moment_ = *wanted;
  return source;
}

Status AuditInput::open(const std::string& path) {
  file_ = FileDescriptor(::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
  descriptor_ = file_.get();
  if (!file_.is_open()) {
    return Error{escape(path), std::string("cannot open it: ") + std::strerror(errno), {}};
  }
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISDIR(status.st_mode)) return ok();
  XSAUDIT_ASSIGN(recorder_, RecorderFolder::open(path));
  if (recorder_) return ok();
  XSAUDIT_ASSIGN(folder_, ReportFolder::open(path));
  return ok();
}

std::vector<int> AuditInput::descriptors() const {
  std::vector<int> open;
  if (folder_) open = folder_->descriptors();
  if (recorder_) open = recorder_->descriptors();
  if (descriptor_ >= 0) open.push_back(descriptor_);
  return open;
}

Result<Snapshot> AuditInput::read_recording() {
  if (folder_ && !moment_) return folder_->read(name_, options_);
  if (!folder_ && !recorder_ && RecorderFolder::is_segment(descriptor_)) {
    recorder_ = RecorderFolder::of_segment(descriptor_, name_);
  }
  if (recorder_) {
    auto snapshot = recorder_->read(moment_);
    if (snapshot) snapshot->info().name = name_;
    return snapshot;
  }
  if (!moment_) return read_dump(descriptor_, name_, options_);
  return Error{escape_shortened(name_),
               "it is not what a flight recorder wrote, and is of one time", "leave out the time"};
}

Result<Snapshot> AuditInput::read() {
  if (error_) return *error_;
  if (!live_) {
    auto snapshot = read_recording();
    if (snapshot && snapshot->info().host.empty()) snapshot->info().host = host_;
    return snapshot;
  }
  if (live_->host != nullptr) live_->host->begin();
  auto snapshot = live_->store->read(*live_->progress, [&] {
    if (live_->second_reading != nullptr) live_->second_reading->expect_transaction();
  });
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
