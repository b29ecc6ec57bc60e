// A fault: which rule found it, where, which guest it concerns, and the nodes that prove it. A
// finding owns all its data, so that it outlives the store it was found in and can be saved and
// read back. Paths, values and names are raw bytes, chosen by guests; reports escape them. A plain
// value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "source/log/log_event.h"
#include "store/domain_set.h"
#include "store/permissions.h"
#include "store/snapshot.h"

namespace xsaudit {

// One node as it was, and the domains that could have written it.
struct Evidence {
  std::string path;
  std::uint64_t line = 0;  // of the recording; 0 if there is none
  Presence presence = Presence::present;
  UnknownReason presence_unknown = UnknownReason::known;  // why presence is unknown

  std::string value;
  UnknownReason value_unknown = UnknownReason::known;
  std::optional<Permissions> permissions;  // nothing where they are not known
  UnknownReason permissions_unknown = UnknownReason::known;

  // The unprivileged domains that control the value of a present node; nothing if its permissions
  // are unknown. `through` is the node whose permissions give the first of them that power: the
  // node itself, or an ancestor that can be removed and recreated.
  std::optional<DomainSet> controllers;
  std::string through;
};

// The guest that a finding is about.
struct Guest {
  Domid domid = 0;
  std::string name;  // empty where the store has none
  std::string uuid;  // empty where the store has no valid one
  // Whether no unprivileged domain could have chosen the UUID; otherwise it does not identify the
  // guest.
  bool name_sure = false;
  bool uuid_sure = false;
};

// Who could have caused a finding: the unprivileged domains that could have made the one node that
// is wrong as it is. The other nodes of the evidence accuse no domain.
struct Cause {
  // What is wrong with the node: its value, its permissions, or that it is not there.
  enum class Part : std::uint8_t { value, permissions, presence };

  std::string path;  // empty where the wrong node is not known
  Part part = Part::value;
  std::optional<DomainSet> domains;  // nothing where that is not known
  std::string through;               // the node whose permissions give the first of them that power
  static constexpr std::size_t kMaxNamed = 10;
  std::vector<Guest> named;  // the first of the listed domains, with their names
};

const char* to_text(Cause::Part part);

// One line of the daemon's log that concerns the wrong node of a finding.
struct LoggedChange {
  std::string time;  // as the log has it
  std::string by;    // "domain 3", "process A7 of domain 0"
  std::optional<Domid> domid;
  LogOperation operation = LogOperation::write;
  std::string path;
  std::string value;       // of write and setperms; empty if it is a secret
  bool secret = false;     // the value is not shown
  bool truncated = false;  // the path or the value
  LogOutcome outcome = LogOutcome::done;
  std::string place;  // file and line, safe to print
};

// What the daemon's log contains about the wrong node, apart from who could have made it so.
struct LoggedCause {
  enum class Status : std::uint8_t {
    proven,        // the last change in the log made the node as it is
    supported,     // the log has such a change, and not whether it took effect
    contradicted,  // the last change in the log made the node otherwise
    missing,       // the log does not contain the change
    forgeable,     // a guest could have forged the lines
  };
  Status status = Status::missing;
  std::string text;                   // one statement, safe to print
  std::vector<LoggedChange> changes;  // in their order; the last one decides
};

const char* to_text(LoggedCause::Status status);

struct Finding {
  std::size_t rule = 0;    // index into AuditResult::rules
  std::size_t source = 0;  // index into AuditResult::sources
  Severity severity = Severity::info;
  std::string path;
  std::optional<Guest> guest;  // nothing if it belongs to no guest
  std::string device;          // "vif/0"; empty if it belongs to no device
  std::string message;         // safe to print
  std::string fix;             // what to do, safe to print and to paste; may be empty
  Cause cause;
  std::optional<LoggedCause> logged;  // nothing without a log, or if the wrong node is not known
  // Who did it, where the toolstack's record gives that away, and whom it harms.
  std::optional<Guest> suspect;
  std::optional<Guest> victim;
  std::vector<Evidence> evidence;
  std::uint64_t count = 1;           // nodes that this finding covers
  std::vector<std::string> samples;  // some of their paths, if there are several
  // The same for the same fault of the same guest, whatever its present domid; see fingerprint.h.
  std::string fingerprint;
  // The state of the fault (fault_state.h), and the state with the place of each further node that
  // the finding covers, sorted. If there are more than kMaxOthers, one hash of all replaces them.
  // Not part of a saved result. Empty without AuditOptions::with_state.
  std::string state;
  std::vector<std::string> others;
  std::string others_hash;
  static constexpr std::size_t kMaxOthers = 10'000;
  // The path with guests named by UUID, and whether all of them have a reliable one (guests.h).
  std::string stable_path;
  bool identified = false;
  // The place that a suppression of it would name: a pattern that covers all of its nodes, and the
  // UUID of the guest if no unprivileged domain could have chosen it. Empty if no pattern can name
  // the path. Not in a saved result.
  std::string suppression_path;
  std::string suppression_guest;
  std::optional<std::size_t> suppression;  // index into AuditResult::suppressions
  // The known form, if the baseline contains a less severe or smaller one: "of severity low and at
  // 2 nodes".
  std::string known_as;
};

}  // namespace xsaudit
