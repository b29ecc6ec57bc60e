// A live store as it is now, kept up to date by its watches. After start(), follow() waits for the
// next changes and reads what changed. What the watches do not report is covered as well
// (xen.git tools/xenstored and tools/ocaml/xenstored): a removed subtree is one event with its top,
// ancestors that are made with a node have none, and the nodes and permission entries of a domain
// that ends go without events, so the whole store is read again then.
//
// Memory is bounded by the store: before values and nodes that are gone take more than the store
// itself, the whole store is read again. Used by one thread; the reader must outlive the mirror.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "source/live/live_source.h"
#include "source/live/live_walk.h"
#include "source/live/store_reader.h"
#include "store/snapshot.h"

namespace xsaudit {

class StoreMirror {
 public:
  // The time after which the whole store is read again, and the shortest time before it is because
  // a domain came or went.
  struct Walks {
    std::chrono::milliseconds every;
    std::chrono::milliseconds at_least;
  };
  // `walks`: only the special names that announce domains are watched, and the whole store is read
  // again and again. No guest waits for events of such a watch.
  StoreMirror(StoreReader& reader, const WalkLimits& limits, std::chrono::milliseconds timeout,
              const std::optional<Walks>& walks = {})
      : reader_(reader), limits_(limits), timeout_(timeout), walks_(walks) {}

  // Watches the store and reads all of it. An error if it cannot be watched or read, or has more
  // than the limits. If it does not stop changing, follow() continues.
  Status start();

  struct News {
    std::vector<NodeChange> changes;
    bool read_anew = false;  // all was read again, and there may be more changes than these
    bool missed = false;     // for some time changes were not recorded
    bool domains = false;    // other domains are introduced than before
    std::string differing;   // of check(); empty: none
    void add(News later);
  };
  // Waits for changes, for some tenths of a second, and reads what they name. An error if the
  // connection is lost; then the mirror is of no use any more.
  Result<News> follow();
  // The two steps of follow(). The first does not touch what snapshot() copies.
  Result<StoreChanges> wait();
  Result<News> read(const StoreChanges& changes);
  // Compares the mirror with a second reading of the whole store, which becomes the mirror. The
  // news name a node that differs although no change of it was reported, a fault of the mirror or
  // of the daemon.
  Result<News> check();

  // The store as of the last follow().
  Result<Snapshot> snapshot() const { return walk_->copy(); }

 private:
  Status read_all();
  Result<News> walk_again(const StoreChanges& changes);
  bool overgrown() const;

  StoreReader& reader_;
  const WalkLimits limits_;
  const std::chrono::milliseconds timeout_;  // of each reading
  const std::optional<Walks> walks_;
  bool domains_changed_ = false;  // since the last walk
  bool missed_ = false;           // changes were not recorded, which is no news yet
  std::chrono::steady_clock::time_point walked_{};
  std::unique_ptr<LiveWalk> walk_;
  std::size_t first_nodes_ = 0;  // of the last reading of the whole store
  std::size_t first_bytes_ = 0;
  std::size_t first_gaps_ = 0;
};

// The path of the first node, in the order of paths, in which two stores differ; empty if they do
// not. Only presence, values and permissions are compared; unknown ones count as empty.
std::string first_difference(const Snapshot& one, const Snapshot& other);

}  // namespace xsaudit
