// Facts about a snapshot as a whole: its origin, the part of the store that it covers, and its
// missing data with the reasons. The source that made the snapshot fills it. A plain value.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/permissions.h"

namespace xsaudit {

// The name of a child of "/" that represents an unknown place of the store ("@unplaced-2" and so on
// for further ones): the nodes below it are somewhere in the store.
inline constexpr std::string_view kUnplaced = "@unplaced";

// The reason why a fact is unknown.
enum class UnknownReason : std::uint8_t {
  known,         // it is known
  not_in_form,   // the format never contains it
  not_given,     // the daemon does not report it to clients
  not_recorded,  // the format can contain it, this recording does not (an excerpt, a missing line)
  not_covered,   // outside the part of the store that was recorded
  unreadable,    // the store refused it, or reading failed
  cut,           // only its beginning was recorded
  filtered,      // removed on purpose from the recording
  secret,        // known, but not shown; used only in a finding's evidence
};

// Whether no recording of this format, or of this daemon's store, can contain it.
inline constexpr bool never_recorded(UnknownReason reason) {
  return reason == UnknownReason::not_in_form || reason == UnknownReason::not_given;
}

// "the format does not record it", and so on; for reports.
const char* to_text(UnknownReason reason);

enum class Coverage : std::uint8_t {
  whole,    // every node below "/"
  subtree,  // every node below SnapshotInfo::covered
  excerpt,  // some nodes: absence means nothing
};
const char* to_text(Coverage coverage);

enum class Daemon : std::uint8_t { unknown, cxenstored, oxenstored };
const char* to_text(Daemon daemon);

// Whether the snapshot is the store at one moment. A store changes while it is read.
enum class Consistency : std::uint8_t {
  unknown,     // not examined
  one_moment,  // every node is as it was at one and the same moment
  moved,       // the nodes that kept changing have a gap each; the rest is of one moment
};
const char* to_text(Consistency consistency);

class HostFacts;  // host/facts/host_facts.h
class AccessLog;  // source/log/access_log.h

// Host facts as a recording contains them, in the form of host/facts/process_record.h. Reading a
// recording does not parse them: only an audit does.
struct HostRecord {
  std::string text;
  std::uint64_t first_line = 1;  // in the recording, for messages
};

// State of clients in a daemon, besides the nodes: from a dump of its own state, or its answers.
struct ClientState {
  struct Watch {
    std::optional<Domid> domid;  // nothing: a client that is no domain
    std::string path;            // as it was asked for; raw bytes
  };
  std::vector<Watch> watches;                   // by domid; see sort_watches()
  std::map<Domid, std::uint64_t> transactions;  // the number of open ones by domain
  // Whether the two above are known. The daemon's own state has both; a live daemon lists at most
  // the watches.
  bool lists_watches = true;
  bool lists_transactions = true;
  // The number of watches by domain, where the daemon counts and does not list them.
  std::map<Domid, std::uint64_t> watch_counts;
  // Limits by name; those of a domain replace the general ones. 0: no limit.
  using Limits = std::map<std::string, std::uint32_t, std::less<>>;
  Limits limits;
  std::map<Domid, Limits> limits_of;

  // Sorts by domid, otherwise stable.
  void sort_watches();
  std::span<const Watch> watches_of(Domid domid) const;
  // The limit of a domain's own of that name; nothing if it has none.
  std::optional<std::uint32_t> own_limit_of(Domid domid, std::string_view name) const;
  // The number of watches of a domain; nothing if unknown.
  std::optional<std::uint64_t> watch_count(Domid domid) const;
};

struct SnapshotInfo {
  std::string name;  // the file's name, "-" or "live", for reports
  std::string kind;  // "live", "xenstore-ls -fp", …
  Coverage coverage = Coverage::whole;
  std::string covered = "/";     // for Coverage::subtree: the top of it
  bool has_permissions = false;  // false: the form has none at all
  Daemon daemon = Daemon::unknown;
  std::string host;                  // the host on which it was made; raw bytes, empty if unknown
  std::optional<std::int64_t> time;  // the time at which it was made, in seconds since 1970
  Consistency consistency = Consistency::unknown;
  // Of a recording: the SHA-256 of its bytes as they were read, still packed if it is, and their
  // number.
  struct Recorded {
    std::string sha256;  // 64 hexadecimal digits
    std::uint64_t bytes = 0;
  };
  std::optional<Recorded> recorded;
  // Domains that the daemon reported as introduced, sorted; nothing if it was not asked.
  std::optional<std::vector<Domid>> introduced;
  // Stub domains and the domains they act for, as the daemon knows them (SET_TARGET).
  std::vector<std::pair<Domid, Domid>> targets;
  // Host facts: collected with the snapshot, or still in the format of the recording. At most one
  // of the two is set.
  std::shared_ptr<const HostFacts> host_facts;
  std::shared_ptr<const HostRecord> host_record;
  // The log of the daemon, if one was given.
  std::shared_ptr<const AccessLog> access_log;
  // Whether the daemon applies an entry for DOMID_ANY to every domain: a feature of C xenstored
  // from Xen 4.22 on. Nothing if unknown. The permissions of @releaseDomain do not show it: a live
  // update keeps them, and an administrator may change them.
  std::optional<bool> any_domid;
  // Whether permission entries say that the daemon ignores them (PermissionEntry::stale).
  bool stale_known = false;
  // State of clients in the daemon; nothing if it is not known at all.
  std::optional<ClientState> clients;

  // Data that a complete recording of this format would contain; empty if nothing is missing.
  struct Gap {
    std::string place;  // "file:line" or a store path; safe to print
    std::string what;   // safe to print
  };
  std::vector<Gap> gaps;        // the first kMaxGaps
  std::uint64_t gap_count = 0;  // all of them
  static constexpr std::size_t kMaxGaps = 100;

  void add_gap(std::string place, std::string what);
  // Adds the gaps of a second reading of the same store that the first reading does not have.
  void add_gaps_of(const SnapshotInfo& other);
  bool complete() const { return gap_count == 0 && coverage == Coverage::whole; }
};

}  // namespace xsaudit
