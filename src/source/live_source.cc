#include "source/live_source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
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

// Reads what changes until nothing does. True unless all has to be read again.
bool settle(StoreReader& reader, LiveWalk& walk) {
  for (int round = 0; !walk.stopped(); ++round) {
    auto changes = reader.changes();
    if (!changes) {
      walk.info().add_gap("live store", changes.error().message);
      return true;
    }
    if (changes->all) return false;
    if (changes->paths.empty()) {
      walk.info().consistency = Consistency::one_moment;
      return true;
    }
    if (round == kMostRounds) {
      walk.info().consistency = Consistency::moved;
      std::sort(changes->paths.begin(), changes->paths.end());
      for (const std::string& path : changes->paths) {
        walk.info().add_gap(escape_shortened(path), kMoved);
      }
      return true;
    }
    walk.read_again(changes->paths);
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

void learn_introduced(StoreReader& reader, std::vector<Domid> candidates, Snapshot& snapshot) {
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::vector<Domid> introduced;
  StoreReply reply;
  bool failed = false;
  std::size_t sent = 0;
  for (std::size_t taken = 0; taken < candidates.size(); ++taken) {
    for (; !failed && sent < candidates.size() && sent - taken < reader.window(); ++sent) {
      reader.send({.kind = StoreRequest::Kind::introduced,
                   .path = {},
                   .domid = candidates[sent],
                   .tag = sent});
    }
    if (sent == taken) break;
    reader.receive(reply);
    if (reply.outcome == StoreReply::Outcome::ok) {
      if (reply.introduced) introduced.push_back(candidates[reply.tag]);
    } else if (!failed) {
      failed = true;
      snapshot.info().add_gap("live store", "whether domain " +
                                                std::to_string(candidates[reply.tag]) +
                                                " is introduced: " + to_text(reply));
    }
  }
  if (failed) return;
  std::sort(introduced.begin(), introduced.end());
  snapshot.info().introduced = std::move(introduced);
}

}  // namespace xsaudit
