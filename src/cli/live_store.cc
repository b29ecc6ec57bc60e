#include "cli/live_store.h"

#include "audit/guests.h"
#include "source/libxenstore_reader.h"
#include "source/live_source.h"

namespace xsaudit {

Result<Snapshot> read_live_store(const Schema& schema) {
  auto reader = LibxenstoreReader::open();
  if (!reader) return reader.error();
  auto snapshot = read_live(**reader);
  if (snapshot) learn_introduced(**reader, Guests(schema, *snapshot).domains(), *snapshot);
  return snapshot;
}

}  // namespace xsaudit
