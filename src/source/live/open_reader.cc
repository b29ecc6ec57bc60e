#include "source/live/open_reader.h"

#include <utility>

#include "source/live/deadline_reader.h"
#include "source/live/libxenstore_reader.h"
#include "source/live/wire_reader.h"

namespace xsaudit {
namespace {

template <typename Reader>
Result<std::unique_ptr<StoreReader>> as_store_reader(Result<std::unique_ptr<Reader>> reader) {
  XSAUDIT_TRY(reader);
  return std::unique_ptr<StoreReader>(std::move(*reader));
}

}  // namespace

Result<std::unique_ptr<StoreReader>> open_reader(const ReaderOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.timeout;
  const std::string way = WireReader::way_to_daemon();
  std::shared_ptr<ChangeWatcher> watcher;
  if (auto connection = WireConnection::open(way, deadline)) {
    XSAUDIT_ASSIGN(watcher, ChangeWatcher::start(*std::move(connection), options.confine_watcher));
  }
  if (options.way != ReaderOptions::Way::libxenstore) {
    auto wire = WireReader::open(way, *options.pace, deadline, watcher);
    // A daemon that is there and does not answer does not answer libxenstore either.
    const bool late = std::chrono::steady_clock::now() >= deadline;
    if (wire || late || options.way == ReaderOptions::Way::wire) {
      return as_store_reader(std::move(wire));
    }
  }
  auto reader = DeadlineReader::open(
      [watcher] { return as_store_reader(LibxenstoreReader::open(watcher)); }, deadline);
  // Without a watcher libxenstore watches. It must then not have found a way to it after all, at
  // which the daemon would keep events for this process.
  if (reader && !watcher && WireConnection::open(way, deadline)) {
    return Error{"live store", "xenstored has only just started", "run it again"};
  }
  return as_store_reader(std::move(reader));
}

}  // namespace xsaudit
