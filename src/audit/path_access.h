// The access to one path of a store, which need not exist: the domains that may read, write, remove
// and decide it, the nodes whose permissions give them that access, and the schema's description.
// Owns all its data. Paths are raw bytes; reports escape them. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/audit_context.h"
#include "rules/functions/store_index.h"
#include "store/domain_set.h"
#include "store/permissions.h"
#include "store/snapshot.h"

namespace xsaudit {

// Some domains, and the node whose permissions give them an access to a path: the path's own node,
// or an ancestor that they can remove, or remove and create again.
struct AccessWay {
  DomainSet domains;
  std::string through;
};

// The description of a path by the schema.
struct DescribedPath {
  std::string entry;        // the key of the entry
  std::string description;  // one sentence
  // The permissions that the schema accepts here, as xenstore-ls -p prints them; empty if the
  // schema describes none for the toolstack of the path's domain.
  std::vector<std::string> permissions;
  // The difference of the granted access from the nearest of these, safe to print; empty if there
  // is none or the node's permissions are unknown.
  std::string difference;
};

struct PathAccess {
  std::string path;
  Presence presence = Presence::present;
  UnknownReason presence_unknown = UnknownReason::known;

  // The node that answers for the path: its own, or its nearest existing ancestor.
  std::string nearest;
  std::optional<Permissions> permissions;  // of that node; nothing: the access is unknown
  UnknownReason permissions_unknown = UnknownReason::known;

  // Of a present path. Unprivileged domains only, as everywhere.
  DomainSet readers;
  DomainSet writers;
  std::vector<AccessWay> removers;
  // The domains that can decide the value of a present path, or create an absent one. The nearest
  // node comes first.
  std::vector<AccessWay> controllers;

  // The nearest ancestor below "/" with unknown permissions. More domains may have access through
  // it. Empty if there is none.
  std::string unknown_above;
  UnknownReason unknown_above_reason = UnknownReason::known;

  std::optional<DescribedPath> schema;  // nothing if no entry governs the path

  // Whether the store contains everything that the answer needs.
  bool known() const {
    return presence != Presence::unknown && permissions.has_value() && unknown_above.empty();
  }
};

// `path` must be valid.
PathAccess access_to(std::string_view path, const AuditContext& facts, StoreIndex& store_index);

}  // namespace xsaudit
