// All that a rule may ask about: one snapshot and what was worked out from it. Views; what they
// point to must outlive them. Any thread may read them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/host_facts.h"
#include "schema/schema.h"
#include "store/access.h"
#include "store/snapshot.h"

namespace xsaudit {

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
  // Whether messages may hold what the schema calls a secret.
  bool show_secrets = false;

  // The same with other domains alive.
  Facts with(const Liveness& other) const {
    Facts facts{snapshot, access, schema, other, profile};
    facts.quota = quota;
    facts.host = host;
    facts.required = required;
    facts.show_secrets = show_secrets;
    return facts;
  }
};

}  // namespace xsaudit
