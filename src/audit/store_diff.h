// The differences between two stores, an older and a newer one: nodes that came, went or have
// another value, owner or permissions, the domains that could have changed them by the permissions
// of the older store, and findings that came and went. Guests are recognised by their UUID
// (guest_matching.h). Owns all its data; paths and values are raw bytes. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/auditor.h"
#include "audit/guest_matching.h"
#include "audit/path_access.h"
#include "audit/result.h"

namespace xsaudit {

// A node in one of the stores.
struct DiffNode {
  std::string path;
  std::string value;
  UnknownReason value_unknown = UnknownReason::known;  // secret: not shown
  std::optional<Permissions> permissions;
};

struct NodeDifference {
  enum class Kind : std::uint8_t { came, went, changed } kind = Kind::changed;
  std::optional<DiffNode> before;  // nothing if it came
  std::optional<DiffNode> after;   // nothing if it went
  bool value = false;              // of a changed node: which of them differ
  bool owner = false;
  bool permissions = false;
  std::uint64_t nodes = 1;     // that came or went with it, itself included
  std::optional<Guest> guest;  // the guest that the node is about
  std::string device;          // "vif/0"; empty if it belongs to no device
  std::string entry;           // of the schema; empty if it has none
  std::string description;
  // The domains that could have made the change by the permissions of the older store, in its
  // numbers. Nothing if they are unknown.
  std::optional<std::vector<AccessWay>> suspects;
};

// A finding of one store that the other does not have.
struct FindingDifference {
  Finding finding;
  std::string rule;  // id
  std::string title;
};

struct StoreDiff {
  static constexpr std::size_t kMaxDifferences = 5'000;

  std::string version;  // of the tool
  SourceSummary older;
  SourceSummary newer;
  std::vector<GuestMatching::Renumbered> renumbered;
  std::vector<Guest> came;
  std::vector<Guest> gone;
  std::vector<FindingDifference> findings_came;
  std::vector<FindingDifference> findings_gone;
  std::vector<NodeDifference> differences;  // in the order of the stores
  std::uint64_t left_out = 0;               // differences that are not listed
  std::uint64_t volatile_nodes = 0;         // differences of nodes that change without a cause
  std::vector<std::string> not_compared;    // one sentence each, safe to print

  // Findings of severity info do not count, as in an audit.
  bool same() const;
};

// Compares two stores that could be read. `options` apply to both.
StoreDiff compare_stores(const Schema& schema, const RuleSet& rules, const AuditOptions& options,
                         const Result<Snapshot>& older, const Result<Snapshot>& newer);

}  // namespace xsaudit
