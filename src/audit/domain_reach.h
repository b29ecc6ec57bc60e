// Everything that one domain can reach outside its own home, by the permissions of a store. Nodes
// with the same rights are grouped under their topmost node, siblings with the same rights under
// the first of them. The most dangerous groups come first, and the list is bounded whatever guests
// create. Owns all its data. A plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/finding.h"
#include "rules/audit_context.h"
#include "rules/functions/store_index.h"
#include "store/permissions.h"

namespace xsaudit {

// The rights of a domain to a node. A domain that owns or may write a node can decide it, too.
struct Rights {
  bool decides = false;  // the value, by writing it or by removing and creating a node
  bool writes = false;
  bool owns = false;  // and may change the permissions
  bool removes = false;
  bool reads = false;

  bool any() const { return decides || writes || owns || removes || reads; }
  bool operator==(const Rights&) const = default;
};

struct ReachedSubtree {
  std::string path;  // of the topmost node; raw
  Rights rights;
  std::uint64_t siblings = 0;  // further nodes of the same directory with the same rights
  std::uint64_t nodes = 1;     // of the group: these, and those below them with the same rights
  // The node whose permissions let the domain decide or remove the topmost one: that node itself,
  // or an ancestor. Empty if it can do neither.
  std::string through;
  std::optional<Permissions> permissions;  // of the topmost node
  std::string entry;                       // the key of its schema entry; empty if it has none
  // The difference from the schema that gives this domain a right, safe to print; empty if the
  // schema describes these rights.
  std::string beyond_schema;
};

struct DomainReach {
  static constexpr std::size_t kMaxSubtrees = 500;

  Guest guest;
  std::string home;         // its path
  bool privileged = false;  // it has all access, and nothing is listed
  std::vector<ReachedSubtree> subtrees;
  std::uint64_t left_out = 0;  // subtrees that are not listed: the least dangerous ones
  std::uint64_t nodes = 0;     // nodes in all subtrees
  // Nodes outside the home with unknown permissions, and the path of the first.
  std::uint64_t unknown = 0;
  std::string first_unknown;
};

DomainReach reach_of(Domid domid, const AuditContext& facts, StoreIndex& store_index);

}  // namespace xsaudit
