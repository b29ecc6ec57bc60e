#include "source/live_source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "source/live_walk.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

// How often what has changed is read again, and all is.
constexpr int kMostRounds = 50;
constexpr int kMostWalks = 3;

constexpr const char* kMoved = "it kept changing while the store was read";

void name_what_moved(StoreChanges changes, SnapshotInfo& info) {
  info.consistency = Consistency::moved;
  std::sort(changes.paths.begin(), changes.paths.end());
  for (const std::string& path : changes.paths) info.add_gap(escape_shortened(path), kMoved);
  if (changes.introduced) info.add_gap("live store", "domains came while it was read");
}

// Reads what changes until nothing does, the domains that are introduced included. True unless all
// has to be read again.
bool settle(StoreReader& reader, LiveWalk& walk) {
  walk.ask_for_domains(LiveWalk::Domains::all);
  for (int round = 0; !walk.stopped(); ++round) {
    auto changes = reader.changes();
    if (!changes) {
      walk.info().add_gap("live store", changes.error().message);
      return true;
    }
    if (changes->all) return false;
    if (changes->paths.empty() && !changes->introduced) {
      walk.info().consistency = Consistency::one_moment;
      return true;
    }
    if (round == kMostRounds) {
      name_what_moved(*std::move(changes), walk.info());
      return true;
    }
    if (!changes->paths.empty()) walk.read_again(changes->paths);
    walk.ask_for_domains(changes->introduced ? LiveWalk::Domains::all
                                             : LiveWalk::Domains::new_ones);
  }
  return true;
}

void note_host_and_time(SnapshotInfo& info) {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) info.host = name.data();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  info.time = std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

Result<Snapshot> read_live(StoreReader& reader, const WalkLimits& limits) {
  const Status watching = reader.watch();
  for (int walks = 1;; ++walks) {
    LiveWalk walk(reader, limits);
    walk.read_all();
    if (!watching) {
      walk.ask_for_domains(LiveWalk::Domains::all);
      walk.info().add_gap("live store", "whether it changed while it was read is not known: " +
                                            watching.error().message);
    } else if (!settle(reader, walk)) {
      if (walks < kMostWalks) continue;
      walk.info().consistency = Consistency::moved;
      walk.info().add_gap("/", kMoved);
    }
    note_host_and_time(walk.info());
    return std::move(walk).finish();
  }
}

}  // namespace xsaudit
