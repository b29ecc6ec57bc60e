// Which domains the daemon serves. It can only be asked about one domid at a time, and has no list
// of them, so it is asked about every domid that the store mentions: as the name of a node, or in a
// list of permissions. Which of those names mean a domain need not be known for that; a guest that
// makes up names can have at most each domid asked for once. Functions without state.
#pragma once

#include <vector>

#include "source/store_reader.h"
#include "store/snapshot.h"

namespace xsaudit {

// Sorted. `store` may be the draft of a snapshot.
std::vector<Domid> mentioned_domains(const Snapshot& store);

// Sets info.introduced to those of the candidates, each of which occurs once, that are introduced;
// a gap, and nothing set, if the daemon did not answer for all.
void learn_introduced(StoreReader& reader, const std::vector<Domid>& candidates,
                      SnapshotInfo& info);

}  // namespace xsaudit
