// The process that watches a live store for ChangeWatcher, and the messages between the two over a
// pair of sockets. A watch of "/" has the daemon keep an event for each change until it is read; C
// xenstored stops a guest with 20 of its events unread, and oxenstored whoever makes the event that
// finds no room, the toolstack too (change_watcher.h). So this process does nothing but read them:
//
// - It is in a session of its own, where no terminal stops it, and has the priority that programs
//   start with, where it may take that.
// - It never waits for the process that asks. What changed is kept as a bounded set of paths.
// - Stopped all the same, by SIGSTOP, a debugger or a frozen cgroup, it is killed by a timer of the
//   kernel, which closes its connection.
// - It gives the watches back where the process that asks gives no sign of life, or is gone: they
//   cost the daemon time for as long as they are set. It asks for that and reads what is still on
//   its way, so that no event is left without its reader.
// - It is confined, as the program is, before anything is watched, and has the daemon's socket and
//   the way to the process that asks, and nothing else.
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

// How long a stopped process holds its watch. One that waits for a processor must not take this
// long.
inline constexpr auto kLongestStop = std::chrono::milliseconds(1000);
// How long a watch is held for a process that does not send WatchOrder::alive.
inline constexpr auto kLongestSilence = std::chrono::seconds(5);

struct WatchOrder {
  enum class What : std::uint8_t {
    watch,    // what `watched` says; answered when it is watched
    changes,  // what has changed since the last answer
    alive,    // has no answer
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

// How the process gives up its power, and all descriptors but these; false where it may not go on.
using ConfineWatcher = std::function<bool(std::vector<int> descriptors)>;

// Is confined, unless `confine` is empty, and serves until the other end of `control` is closed. To
// be called in a process that was forked for it, of which nothing else is kept.
[[noreturn]] void run_watch_process(int control, WireConnection connection,
                                    const ConfineWatcher& confine);

}  // namespace xsaudit
