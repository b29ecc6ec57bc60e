// Everything that a rule can read about one store: the snapshot, the host facts collected with it,
// and the facts that follow from them and from the options of the audit. The privileged domains,
// the stub domains and their targets, the access of each domain, the running domains, the profile
// and the limits are computed here, once for each store, and everything that judges a store gets
// them from this type.
//
// A copy shares the access and the limits with its original. The schema, the snapshot and the host
// facts must outlive all copies. Any thread may read a context that is not being changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "host/facts/host_facts.h"
#include "schema/schema.h"
#include "source/log/access_log.h"
#include "store/access.h"
#include "store/snapshot.h"

namespace xsaudit {

// Facts that the store does not contain, given by the administrator or by a rule's own test.
struct ContextOptions {
  // Privileged domains in addition to domain 0 and those that the store names.
  std::vector<Domid> privileged;
  std::optional<std::vector<Domid>> alive;     // for stores that do not record the running domains
  std::optional<ProfileTable::Index> profile;  // for all domains; nothing: as the store shows
  std::vector<std::pair<std::string, std::int64_t>> quota;  // in place of the daemon's defaults
  std::vector<std::string> required;  // restrictions that rules enforce only on request
  bool show_secrets = false;          // whether messages and evidence may contain secrets
};

// Nodes whose value is a secret according to a rule (secret_nodes.h).
using SecretNodes = std::unordered_set<NodeId>;

class AuditContext {
  struct Shared {
    Shared(const Schema& schema, const Snapshot& snapshot, ContextOptions&& given,
           const HostFacts* host);
    const ContextOptions options;
    const AccessOptions domains;
    const Access access;
    LimitTable limits;
  };
  std::shared_ptr<const Shared> shared_;
  std::shared_ptr<const SecretNodes> secrets_;

 public:
  // `host_facts`: null if none were collected.
  AuditContext(const Schema& schema_in, const Snapshot& snapshot_in, ContextOptions given = {},
               const HostFacts* host_facts = nullptr);

  // The same context if every domain of unknown state were running, or if none were.
  AuditContext assuming(Liveness::State state) const;

  // Known only after the rules that state secrets have been evaluated in this context.
  void set_secrets(SecretNodes secrets);
  // Whether the value of the node is a secret according to the schema or to a rule. Every output of
  // a value, or of something from which a value can be recovered, must ask first.
  bool secret(NodeId node) const;

  const Schema& schema;
  const Snapshot& snapshot;
  const HostFacts* host;  // null: none were collected
  const AccessLog* log;   // of the daemon; null: none was given
  const ContextOptions& options;
  const Access& access;
  const LimitTable& limits;
  Liveness liveness;
};

}  // namespace xsaudit
