// What the schema knows of how a store speaks of domains: where a domain's home is, what shows that
// it is alive, where its name and its UUID are, which stub domain acts for which target. Read from
// YAML (schema/domains.yaml). Immutable; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/pattern.h"
#include "schema/yaml_document.h"
#include "store/snapshot.h"

namespace xsaudit {

// Which domains are alive, and how we know.
struct Liveness {
  enum class Basis { introduced, given, inferred } basis = Basis::inferred;
  std::vector<Domid> alive;  // sorted; privileged domains included
  bool contains(Domid domid) const;
};

class DomainTable {
 public:
  static Result<DomainTable> load(const YamlValue& domains, const VariableTypes& types);

  // From the daemon's own list if the snapshot has one, else from `given`, else by what the schema
  // takes as signs of life.
  Liveness liveness(const Snapshot& snapshot, const std::vector<Domid>& privileged,
                    const std::optional<std::vector<Domid>>& given) const;

  // Every domid that the store has a home for, sorted.
  std::vector<Domid> homes(const Snapshot& snapshot) const;
  // The domain whose home `path` is or lies in.
  std::optional<Domid> domain_of(std::string_view path) const;
  std::optional<std::string> name(const Snapshot& snapshot, Domid domid) const;  // raw bytes
  // What identifies the guest over restarts: its UUID, where the store has a valid one.
  std::optional<std::string> uuid(const Snapshot& snapshot, Domid domid) const;
  // Stub domains by the store's own convention, (stub, target); only where no unprivileged domain
  // could have written it. Beside those the daemon itself reported (SnapshotInfo::targets).
  std::vector<std::pair<Domid, Domid>> targets(const Snapshot& snapshot,
                                               const std::vector<Domid>& privileged) const;
};

}  // namespace xsaudit
