#include "source/live/live_source.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/escape.h"
#include "base/number_text.h"
#include "source/live/daemon_answers.h"
#include "source/live/live_walk.h"

namespace xsaudit {

namespace {

// The number of times that changed nodes, and the whole store, are read again.
constexpr int kMaxRounds = 50;
constexpr int kMaxWalks = 3;

// oxenstored sends a connection one message a turn (xb.ml output), and in each turn a writer can
// make an event. A watcher of "/" that is once behind stays behind for as long as others write, and
// when it is some 2,100 events behind they are held back (connection.ml can_input). On a busy host
// no watcher is quick enough for that, so there "/" is never watched.
constexpr const char* kNoTransaction =
    "it is too large for a transaction of oxenstored, or oxenstored refused one";
constexpr const char* kNoDaemon = "the daemon did not list \"/\" at first";

constexpr const char* kMoved = "it kept changing while the store was read";

void name_what_moved(StoreChanges changes, SnapshotInfo& info) {
  info.consistency = Consistency::moved;
  std::sort(changes.paths.begin(), changes.paths.end());
  for (const std::string& path : changes.paths) info.add_gap(escape_shortened(path), kMoved);
  if (changes.introduced) info.add_gap("live store", "domains came while it was read");
}

// The result of waiting for a moment without changes.
enum class MomentResult {
  found,
  unknown,     // it is unknown whether it was found
  some_moved,  // for too long; what moved last has its gaps
  all_moved,   // all has to be read again
};

// Reads changed nodes again until nothing changes, including the set of introduced domains.
MomentResult find_moment(StoreReader& reader, LiveWalk& walk) {
  walk.ask_for_domains(LiveWalk::Domains::all);
  for (int round = 0; !walk.stopped(); ++round) {
    auto changes = reader.changes();
    if (!changes) {
      walk.info().add_gap("live store", changes.error().message);
      return MomentResult::unknown;
    }
    if (changes->all) return MomentResult::all_moved;
    if (changes->paths.empty() && !changes->introduced) {
      walk.info().consistency = Consistency::one_moment;
      return MomentResult::found;
    }
    if (round == kMaxRounds) {
      name_what_moved(*std::move(changes), walk.info());
      return MomentResult::some_moved;
    }
    if (!changes->paths.empty()) walk.read_again(changes->paths);
    walk.ask_for_domains(changes->introduced ? LiveWalk::Domains::all
                                             : LiveWalk::Domains::new_ones);
  }
  return MomentResult::unknown;
}

void note_host_and_time(SnapshotInfo& info) {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) info.host = name.data();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  info.time = std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

// C xenstored does not list its special nodes. Nothing if the daemon does not report it.
std::optional<bool> lists_special_nodes(StoreReader& reader) {
  reader.send({.kind = StoreRequest::Kind::children, .path = "/"});
  StoreReply reply;
  reader.receive(reply);
  if (reply.outcome != StoreReply::Outcome::ok) return std::nullopt;
  for (std::string_view names = reply.children; !names.empty();) {
    if (take_child_name(names) == kReleaseDomain) return true;
  }
  return false;
}

// To oxenstored a transaction is a root of its immutable tree, kept (transaction.ml): no client
// waits for it, however long it is open, and commits ignore it after some time
// (trim_short_running_transactions). It does remember each request in it, 400 bytes per node. C
// xenstored searches all nodes read before at each request (transaction.c find_accessed_node), and
// slows the writes of guests while a transaction is open (domain.c wrl_ntransactions), so none is
// opened there. Nothing if the daemon refuses, or if the store is too large.
//
// A small store takes about twice as long as without a transaction, over several connections: a
// transaction belongs to its connection, and oxenstored answers a connection once a turn, however
// many requests are in flight. Several connections with a transaction each do not help, as nothing
// shows that no client wrote between their beginnings. The ids of transactions are counted for each
// connection alone (connection.ml valid_transaction_id). The daemon compares the root with that of
// the beginning only when a transaction that wrote is committed (process.ml do_transaction_end,
// Transaction.is_read_only), and then blames the client that wrote in between, whose next writes
// have to wait (process.ml transaction_replay, Connection.decr_conflict_credit). A watch of "/" has
// the costs named above, and reading all nodes twice costs more than the connections save.
std::optional<Result<Snapshot>> read_in_transaction(StoreReader& reader, const WalkLimits& limits) {
  const Status watching = reader.watch(Watched::domains);
  const std::size_t nodes = std::min(limits.nodes, limits.nodes_in_transaction);
  for (int walks = 1;; ++walks) {
    if (!reader.begin_transaction()) return std::nullopt;
    LiveWalk walk(reader, {.nodes = nodes, .bytes = limits.bytes});
    walk.read_all();
    walk.ask_for_domains(LiveWalk::Domains::all);
    const Result<StoreChanges> changes = watching ? reader.changes() : watching.error();
    const Status lasted = reader.end_transaction();
    if (nodes < limits.nodes && walk.nodes() >= nodes) return std::nullopt;
    // The set of domains is not part of a transaction.
    const bool domains_moved = changes && (changes->all || changes->introduced);
    if ((domains_moved || !lasted) && walks < kMaxWalks) continue;
    if (domains_moved) {
      walk.info().introduced.reset();
      walk.info().add_gap("live store", "domains came or went while it was read");
    }
    if (!changes) walk.info().add_gap("live store", changes.error().message);
    if (!lasted) walk.info().add_gap("live store", lasted.error().message);
    if (lasted) walk.info().consistency = Consistency::one_moment;
    walk.ask_for_any_domid();
    note_host_and_time(walk.info());
    return std::move(walk).finish();
  }
}

// `watching` is an error if changes are not recorded.
Result<Snapshot> read_noticing(StoreReader& reader, const WalkLimits& limits,
                               const Status& watching) {
  for (int walks = 1;; ++walks) {
    LiveWalk walk(reader, limits);
    walk.read_all();
    const MomentResult moment = watching ? find_moment(reader, walk) : MomentResult::unknown;
    if (moment == MomentResult::all_moved && walks < kMaxWalks) continue;
    if (moment == MomentResult::all_moved) {
      walk.info().consistency = Consistency::moved;
      walk.info().add_gap("/", kMoved);
    }
    if (!watching) {
      walk.ask_for_domains(LiveWalk::Domains::all);
      walk.info().add_gap("live store", "it is unknown whether it changed while it was read: " +
                                            watching.error().message);
    }
    walk.ask_for_any_domid();
    note_host_and_time(walk.info());
    return std::move(walk).finish();
  }
}

}  // namespace

Result<Snapshot> read_live(StoreReader& reader, const WalkLimits& limits) {
  const std::optional<bool> oxenstored = lists_special_nodes(reader);
  std::optional<Result<Snapshot>> store;
  if (oxenstored == true) store = read_in_transaction(reader, limits);
  if (!store) {
    store = read_noticing(reader, limits,
                          oxenstored == false  ? reader.watch(Watched::everything)
                          : oxenstored == true ? Error{"live store", kNoTransaction, ""}
                                               : Error{"live store", kNoDaemon, ""});
  }
  reader.unwatch();
  if (*store) ask_for_clients(reader, (*store)->info());
  return *std::move(store);
}

namespace {

// kFirstReservedDomid if the name is not a domid as the toolstack writes one.
Domid domid_named(std::string_view name) {
  constexpr std::size_t kMaxDigits = 5;
  Domid domid = 0;
  if (name.size() > kMaxDigits || (name.size() > 1 && name.front() == '0')) {
    return kFirstReservedDomid;
  }
  return whole_number(name, domid) ? domid : kFirstReservedDomid;
}

}  // namespace

std::vector<Domid> mentioned_domains(const Snapshot& store) {
  std::vector<bool> mentioned(kFirstReservedDomid, false);
  const auto mention = [&](Domid domid) {
    if (can_exist(domid)) mentioned[static_cast<std::size_t>(domid)] = true;
  };
  for (NodeId node = 1; node < store.size(); ++node) mention(domid_named(store.name(node)));
  for (PermissionsId id = 0; id < store.permission_lists(); ++id) {
    for (const PermissionEntry& entry : store.permissions_of(id)) mention(entry.domid);
  }
  std::vector<Domid> domains;
  for (Domid domid = 0; domid < kFirstReservedDomid; ++domid) {
    if (mentioned[static_cast<std::size_t>(domid)]) domains.push_back(domid);
  }
  return domains;
}

void learn_introduced(StoreReader& reader, const std::vector<Domid>& candidates,
                      SnapshotInfo& info) {
  info.introduced.reset();
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
      info.add_gap("live store", "whether domain " + std::to_string(candidates[reply.tag]) +
                                     " is introduced: " + to_text(reply));
    }
  }
  if (failed) return;
  std::sort(introduced.begin(), introduced.end());
  info.introduced = std::move(introduced);
}

}  // namespace xsaudit
