// Takes a Snapshot of a live store. Nothing is locked, so the store may change while it is read;
// `consistency` records whether the snapshot is nevertheless one moment of the store. A refused or
// failed request is unknown in the snapshot and a gap of its info(), which then is not complete().
// Functions for one thread; they keep nothing of the reader.
//
// A consistent moment is found as follows. In oxenstored it is a transaction. For C xenstored the
// reader records changes from before the first request. After the walk, changed nodes are read
// again until nothing changes during a reading: then all nodes and the set of introduced domains
// are of one moment. The number of readings is limited; nodes that changed during the last one have
// a gap each.
#pragma once

#include <cstddef>
#include <vector>

#include "base/error.h"
#include "source/live/store_reader.h"
#include "store/snapshot.h"

namespace xsaudit {

// The limits at which the walk stops, with a gap. Paths, values and lists are bounded by the
// protocol.
struct WalkLimits {
  std::size_t nodes = 10'000'000;
  std::size_t bytes = std::size_t{4} * 1024 * 1024 * 1024;  // of names, values and permissions
  // If oxenstored would need more than 100 MB for the transaction, the store is read without one,
  // and the snapshot is not of one moment.
  std::size_t nodes_in_transaction = 250'000;
};

// An error if not even the children of "/" could be read.
Result<Snapshot> read_live(StoreReader& reader, const WalkLimits& limits = {});

// The domains that the daemon serves. It can only be asked about one domid at a time and has no
// list of them, so it is asked about every domid in the store: as the name of a node, or in a list
// of permissions. Not all of those names mean a domain; a guest that invents names can at most
// cause one request for each domid. Functions without state.

// Sorted. `store` may be the draft of a snapshot.
std::vector<Domid> mentioned_domains(const Snapshot& store);

// Sets info.introduced to the introduced candidates, each of which occurs once; a gap, and nothing
// set, if the daemon did not answer for all.
void learn_introduced(StoreReader& reader, const std::vector<Domid>& candidates,
                      SnapshotInfo& info);

}  // namespace xsaudit
