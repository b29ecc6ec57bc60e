// Connects to the live store: through the daemon's socket, or through the kernel's xenbus device if
// there is no socket (in a driver domain, or if the store has a domain of its own); and through
// libxenstore if neither can be connected to. Functions without state.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/error.h"
#include "source/live/rate_controller.h"
#include "source/live/store_reader.h"
#include "source/live/watch_process.h"

namespace xsaudit {

struct ReaderOptions {
  enum class Way : std::uint8_t { found, wire, libxenstore };
  Way way = Way::found;
  const Pace* pace = &paces().front();  // of the wire; libxenstore has one request in flight
  // The deadline of all operations of the reader.
  std::chrono::milliseconds timeout = std::chrono::minutes(5);
  ConfineWatcher confine_watcher = {};  // in the process that watches the store
};

// Starts a process (change_watcher.h), so it is called before this one is confined, and while it
// has one thread.
Result<std::unique_ptr<StoreReader>> open_reader(const ReaderOptions& options);

}  // namespace xsaudit
