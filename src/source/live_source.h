// Walking a live store into a Snapshot: for each node its value, its permissions and its children,
// with as many requests in flight as the reader takes. Nothing is locked, so the store may change
// meanwhile: a node that vanishes is left out with all below it, as if it had gone a moment
// earlier. What is refused or fails is unknown in the snapshot, and a gap of its info(), which then
// is not complete(). Functions for one thread; they keep nothing of the reader.
//
// Beside the tree, the permissions of the special nodes that announce domains are read. oxenstored
// lists these below "/" and C xenstored does not; here they are children of "/" with either. C
// xenstored before Xen 4.18 keeps their permissions to itself.
#pragma once

#include <cstddef>
#include <vector>

#include "source/store_reader.h"
#include "store/error.h"
#include "store/snapshot.h"

namespace xsaudit {

// Where the walk stops, with a gap. Paths, values and lists are bounded by the protocol itself.
struct WalkLimits {
  std::size_t nodes = 10'000'000;
};

// An error if not even the children of "/" could be read.
Result<Snapshot> read_live(StoreReader& reader, const WalkLimits& limits = {});

// Asks the daemon which of the candidates are introduced, and sets snapshot.info().introduced; a
// gap, and nothing set, if it did not answer for all. Which domains to ask for is for the caller to
// know: the protocol has no list of them.
void learn_introduced(StoreReader& reader, std::vector<Domid> candidates, Snapshot& snapshot);

}  // namespace xsaudit
