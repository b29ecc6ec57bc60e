// A store that a command looks at, taken up in two steps around the confinement of the program
// (confinement_choice.h): the live store is recorded in the first and handed over in the second; a
// recording is opened in the first and read in the second. Owns what it opened. The steps are for
// one thread; different sources may take their second step in different threads.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/live_store.h"
#include "source/dump_options.h"
#include "store/error.h"
#include "store/snapshot.h"

namespace xsaudit {

class Source {
 public:
  // `look`, if not null, is shown the store while the program may still see more of the host.
  static Source live(const LiveOptions& options, Progress& progress,
                     const std::function<void(Snapshot&)>& look);
  static Source recording(const std::string& name, DumpOptions options);  // "-": standard input
  Source(Source&& other) noexcept;
  Source& operator=(Source&&) = delete;
  ~Source();

  const std::string& name() const { return name_; }
  // What must stay open for read(); -1 where nothing does.
  int descriptor() const { return descriptor_; }

  // Once.
  Result<Snapshot> read();

 private:
  explicit Source(std::string name) : name_(std::move(name)) {}

  std::string name_;
  int descriptor_ = -1;
  DumpOptions options_;
  std::optional<Result<Snapshot>> ready_;  // what read() gives, where it is known already
};

}  // namespace xsaudit
