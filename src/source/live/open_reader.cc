#include "source/live/open_reader.h"

#include <utility>

#include "source/live/deadline_reader.h"
#include "source/live/libxenstore_reader.h"
#include "source/live/wire_reader.h"

namespace xsaudit {
namespace {

template <typename Reader>
Result<std::unique_ptr<StoreReader>> as_store_reader(Result<std::unique_ptr<Reader>> reader) {
  if (!reader) return reader.error();
  return std::unique_ptr<StoreReader>(std::move(*reader));
}

Result<std::unique_ptr<StoreReader>> open_libxenstore() {
  return as_store_reader(LibxenstoreReader::open());
}

}  // namespace

Result<std::unique_ptr<StoreReader>> open_reader(const ReaderOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.timeout;
  if (options.way != ReaderOptions::Way::libxenstore) {
    auto wire = WireReader::open(WireReader::socket_of_daemon(), *options.pace, deadline);
    // A daemon that is there and does not answer does not answer libxenstore either.
    const bool late = std::chrono::steady_clock::now() >= deadline;
    if (wire || late || options.way == ReaderOptions::Way::wire) {
      return as_store_reader(std::move(wire));
    }
  }
  return as_store_reader(DeadlineReader::open(open_libxenstore, deadline));
}

}  // namespace xsaudit
