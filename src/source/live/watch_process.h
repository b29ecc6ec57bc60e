// The process that watches a live store for ChangeWatcher, and the messages between the two over a
// pair of sockets. With a watch of "/" the daemon keeps an event for each change until it is read;
// C xenstored blocks a guest with 20 of its events unread, and oxenstored blocks the client, even
// the toolstack, whose event finds no room (change_watcher.h). So this process only reads events:
//
// - It is in a session of its own, where no terminal stops it, and runs before programs of normal
//   priority (SCHED_RR) if it has the right to.
// - It never waits for the asking process. Changes are kept as a bounded set of paths.
// - If it is stopped, by SIGSTOP, a debugger or a frozen cgroup, a timer of the kernel kills it,
//   which closes its connection.
// - It gives the watches back if the asking process shows no sign of life or is gone: watches cost
//   the daemon time for as long as they are set. It then reads the remaining events, so that no
//   event stays without a reader.
// - It is confined like the program before it sets a watch, and has only the daemon's socket and
//   the socket to the asking process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "source/live/store_reader.h"
#include "source/live/wire_connection.h"

namespace xsaudit {

// The time for which a stopped process holds its watch. A process that waits for a processor must
// be faster.
inline constexpr auto kLongestStop = std::chrono::milliseconds(1000);
// The time for which a watch is held for a process that does not send WatchOrder::alive.
inline constexpr auto kLongestSilence = std::chrono::seconds(5);

// The time after which WatchOrder::await is answered although nothing has changed.
inline constexpr auto kLongestWait = std::chrono::milliseconds(200);

struct WatchOrder {
  enum class What : std::uint8_t {
    watch,    // what `watched` says; answered when it is watched
    changes,  // what has changed since the last answer
    await,    // the same once something has changed, or after kLongestWait
    alive,    // is not answered
    unwatch,  // answered when nothing is watched
  };
  What what = What::alive;
  Watched watched = Watched::domains;
};

struct WatchAnswer {
  enum class What : std::uint32_t {
    watching,
    changes,     // `text` is what write_changes() makes
    given_back,  // nothing is watched
    failed,      // there is no connection any more; `text` says why
  };
  struct Head {
    What what = What::failed;
    std::uint32_t size = 0;  // of the text that follows
  };
  What what = What::failed;
  std::string text;
};

std::string write_changes(const StoreChanges& changes);
Result<StoreChanges> read_changes(std::string_view text);
// No text of an answer is longer.
std::size_t most_answer_bytes();

// Confines the process and closes all descriptors except these; false if it must not continue.
using ConfineWatcher = std::function<bool(std::vector<int> descriptors)>;

// Confines itself, unless `confine` is empty, and serves until the other end of `control` is
// closed. To be called in a process that was forked for it.
[[noreturn]] void run_watch_process(int control, WireConnection connection,
                                    const ConfineWatcher& confine);

}  // namespace xsaudit
