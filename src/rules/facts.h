// All that a rule may ask about: one snapshot and what was worked out from it. Views; what they
// point to must outlive them. Any thread may read them.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "host/host_facts.h"
#include "schema/schema.h"
#include "store/access.h"
#include "store/snapshot.h"

namespace xsaudit {

// Nodes that a rule says hold a secret (secret_nodes.h).
using SecretNodes = std::unordered_set<NodeId>;

struct Facts {
  const Snapshot& snapshot;
  const Access& access;
  const Schema& schema;
  const Liveness& liveness;
  // The profile that every domain counts as; nothing: as the store shows.
  std::optional<ProfileTable::Index> profile = std::nullopt;
  const LimitTable* quota = nullptr;  // null: the daemon's defaults, which the schema has
  const HostFacts* host = nullptr;    // null: nobody looked at the host
  const std::vector<std::string>* required = nullptr;  // what the audit was told to insist on
  const SecretNodes* secrets = nullptr;                // null: no rule says so of any
  // Whether messages may hold secrets.
  bool show_secrets = false;

  // Whether the value of the node is a secret, to the schema or to a rule. Whoever shows a value,
  // or what can be worked back to one, asks first.
  bool secret(NodeId node) const;
  // The same with other domains alive.
  Facts with(const Liveness& other) const {
    Facts facts{snapshot, access, schema, other, profile};
    facts.quota = quota;
    facts.host = host;
    facts.required = required;
    facts.secrets = secrets;
    facts.show_secrets = show_secrets;
    return facts;
  }
};

}  // namespace xsaudit
