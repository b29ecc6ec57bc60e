// Reads a live store, request by request. Requests are sent without waiting, up to window() of
// them, and replies are taken as they come, in any order; the tag tells which belong together. The
// real ones are found by open_reader.h; tests have a fake that fails on demand. There is no request
// that writes. Used by one thread.
//
// Changes can be recorded: after watch(), changes() returns the changes since watch() or the last
// changes(). Both are called only while no request is pending.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/permissions.h"

namespace xsaudit {

// xenstored core.c: the names outside the tree that have permissions, and fire watches when a
// domain comes or goes.
inline constexpr const char* kIntroduceDomain = "@introduceDomain";
inline constexpr const char* kReleaseDomain = "@releaseDomain";

// Requests for facts that the daemon has besides the store. None of them changes anything.
enum class DaemonQuestion : std::uint8_t {
  limits,       // the limits of all domains
  soft_limits,  // those beyond which the daemon only warns
  domain,       // what a domain uses
  watches,      // the watches of all clients
  node_limit,   // of a single domain
  watch_limit,  // of a single domain
};

struct StoreRequest {
  enum class Kind : std::uint8_t {
    children,     // the names of a node's children
    value,        // a node's value
    permissions,  // of a node, or of one of the special nodes, whose names begin with '@'
    introduced,   // whether a domain is introduced
    daemon,       // a fact of the daemon
  };
  Kind kind = Kind::children;
  DaemonQuestion question = DaemonQuestion::limits;  // for daemon
  std::string path;  // valid, or the name of a special node; unused for introduced and daemon
  Domid domid = 0;   // for introduced, and for a question about one domain
  std::uint64_t tag = 0;
};

struct StoreReply {
  enum class Outcome : std::uint8_t {
    ok,
    vanished,   // there is no such node (ENOENT)
    refused,    // there is, and it may not be read (EACCES, EPERM)
    too_large,  // more than the daemon sends in one reply (E2BIG)
    invalid,    // the daemon has no such request for such a path (EINVAL)
    failed,     // any other error; other requests may still work
    closed,     // the connection is gone: no later request will work
  };
  std::uint64_t tag = 0;
  Outcome outcome = Outcome::failed;
  std::string problem;  // of failed and closed: what the system said; safe to print
  // One of these, by the kind of the request:
  std::string children;     // names as the daemon sent them, not checked, a zero byte after each
  std::string value;        // also of the daemon, as it sent it
  Permissions permissions;  // not empty
  bool introduced = false;
  std::size_t discarded = 0;  // bytes of names that came before the list of children failed
};

// Takes the first of the names that stand one after the other, each with its zero byte.
std::string_view take_child_name(std::string_view& names);

// Changes reported by the daemon. A new node may have created its ancestors, and a removed one
// takes its subtree along, without further events.
struct StoreChanges {
  std::vector<std::string> paths;  // valid, each once
  // Anything may have changed: there were too many changes to remember, or a domain has gone, whose
  // nodes and entries in permission lists go without a word (xenstored domain.c).
  bool all = false;
  bool introduced = false;  // a domain has come
  // For some time changes were not recorded: the watches had been given back. Then `all` is set.
  bool missed = false;
  static constexpr std::size_t kMaxPaths = 10'000;
};

// The changes to record: introduced and released domains, which are few, or also every node.
enum class Watched : std::uint8_t { domains, everything };

// The functions have no default implementation: a reader that wraps another must pass on every
// call.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // Sets the deadline of all later operations, for a caller that opens a reader early and reads
  // later.
  virtual void set_deadline(std::chrono::steady_clock::time_point deadline) = 0;

  // Limits the bytes of children's names of one node from now on: a longer list that comes in parts
  // fails. There is a limit before the first call, too.
  virtual void set_longest_list(std::size_t bytes) = 0;

  // The number of requests that may be pending; at least 1, and not constant.
  virtual std::size_t window() const = 0;
  virtual void send(StoreRequest request) = 0;
  // The next reply. Only while some request has none. `reply` is overwritten, so that its memory
  // can be used again.
  virtual void receive(StoreReply& reply) = 0;

  // An error if changes cannot be recorded.
  virtual Status watch(Watched what) = 0;
  virtual Result<StoreChanges> changes() = 0;
  // Waits until something has changed, or for some tenths of a second, and returns the changes as
  // changes() does. A change that was made before a reading began may be reported after it.
  virtual Result<StoreChanges> await_changes() = 0;
  // The watches are taken back when this returns, or soon after where the daemon is late.
  virtual void unwatch() = 0;

  // Whether the daemon applies a permission entry for DOMID_ANY to every domain. Nothing if the
  // reader or the daemon does not know. Call it only while no request is pending.
  virtual std::optional<bool> any_domid() = 0;

  // Begins a transaction: until its end all requests read the store of its beginning; changes are
  // still recorded. Only for a daemon for which transactions are cheap: see live_source.cc. Call
  // both functions only while no request is pending.
  virtual Status begin_transaction() = 0;
  // Ends the transaction without a commit. An error if it did not last until now, so that the data
  // read are not of one moment.
  virtual Status end_transaction() = 0;

  // Closes the connections that a transaction does not use: an idle one costs oxenstored time at
  // each of its turns (xenstored.ml main_loop, Connections.select). begin_transaction() does so,
  // too. What is read afterwards has that one connection. Call it only while no request is pending.
  virtual void keep_one_connection() = 0;

  // Whether a part of the reader is still running and cannot be stopped: the process should then
  // only exit.
  virtual bool abandoned() const = 0;
};

// "it vanished", "Permission denied", …: for gaps.
std::string to_text(const StoreReply& reply);

// Collects the paths in the events of a watch, each once and up to a limit. The names come from the
// daemon and are checked: an invalid path means that anything may have changed. Used by one thread.
class WatchLog {
 public:
  void note(std::string_view path);
  void note_all();
  bool empty() const { return paths_.empty() && !all_ && !introduced_; }
  // The changes since the last take().
  StoreChanges take();

 private:
  std::set<std::string> paths_;  // no hash: guests choose paths
  bool all_ = false;
  bool introduced_ = false;
};

}  // namespace xsaudit
