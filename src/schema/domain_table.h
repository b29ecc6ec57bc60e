// The places of facts about domains in a store: the home of a domain, the signs of life, its name
// and UUID, and the targets of stub domains. Read from YAML (schema/domains.yaml). Immutable; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/pattern.h"
#include "store/access.h"
#include "store/snapshot.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

// The running domains, and the origin of the list.
struct Liveness {
  enum class Basis { introduced, given, inferred } basis = Basis::inferred;
  std::vector<Domid> alive;  // sorted; privileged domains included
  // Domains (sorted) whose state is unknown because their signs of life may not have been recorded;
  // or every domain that is not listed.
  std::vector<Domid> unsure;
  bool unsure_of_others = false;
  bool others_alive = false;  // domains that are not listed are running; only as an assumption

  enum class State { alive, dead, unknown };
  State state(Domid domid) const;
  bool all_known() const { return unsure.empty() && !unsure_of_others; }
  // The same if all domains of unknown state were running, or none.
  Liveness assuming(State state) const;
  bool contains(Domid domid) const { return state(domid) == State::alive; }
};

class DomainTable {
 public:
  static Result<DomainTable> load(const YamlValue& domains, const VariableTypes& types);

  // From the daemon's own list if the snapshot has one, else from `given`, else from the signs of
  // life in the schema. If the signs are unknown, a domain in `connected` is running: it has a
  // device with two connected ends.
  Liveness liveness(const Snapshot& snapshot, const std::vector<Domid>& privileged,
                    const std::optional<std::vector<Domid>>& given,
                    const std::vector<Domid>& connected = {}) const;

  const Pattern& home() const { return home_; }
  // A child of a home, and a node that every store has if some home has that child.
  struct WithGuests {
    Pattern in_home;
    std::string path;
  };
  const std::vector<WithGuests>& with_guests() const { return with_guests_; }
  // Whether all homes of the store are in the snapshot, and which UUID each domain has.
  bool all_uuids_known(const Snapshot& snapshot) const;

  // Every domid that the store has a home for, sorted.
  std::vector<Domid> homes(const Snapshot& snapshot) const;
  // The domain whose home `path` is or lies in.
  std::optional<Domid> domain_of(std::string_view path) const;
  std::optional<std::string> name(const Snapshot& snapshot, Domid domid) const;  // raw bytes
  // The identity of the guest across restarts: its UUID, if the store has a valid one.
  std::optional<std::string> uuid(const Snapshot& snapshot, Domid domid) const;
  // Whether the guest's UUID names a directory (/vm/UUID) that the store does not have. Every
  // toolstack makes it with the domain, so the node with the UUID was changed since.
  bool uuid_dangles(const Snapshot& snapshot, Domid domid) const;
  // The nodes of the name and the UUID; kNoNode if they are missing.
  NodeId name_node(const Snapshot& snapshot, Domid domid) const;
  NodeId uuid_node(const Snapshot& snapshot, Domid domid) const;

  // The domains with more rights than their own. Privileged are domain 0, the domains in
  // `also_privileged` and those that the store names. Stub domains are those that the daemon
  // reported and those that the store names. This is the only place that assembles either set.
  AccessOptions access_options(const Snapshot& snapshot, std::vector<Domid> also_privileged) const;

 private:
  // The path that names the guest's UUID, as the guest's node has it.
  std::optional<std::string> uuid_directory(const Snapshot& snapshot, Domid domid) const;
  // Domains in addition to domain 0 that the store names as privileged (the one that xenstored runs
  // in), only if no domain other than domain 0 could have written the node.
  std::vector<Domid> privileged(const Snapshot& snapshot) const;
  // Stub domains that the store names, (stub, target), only if no unprivileged domain could have
  // written the node, and never for a privileged target.
  std::vector<std::pair<Domid, Domid>> targets(const Snapshot& snapshot,
                                               const std::vector<Domid>& privileged) const;

  Pattern home_;
  Pattern in_home_;
  Pattern name_;
  Pattern uuid_node_;   // its value is matched by …
  Pattern uuid_value_;  // … this, which has $UUID
  Pattern target_;
  std::vector<WithGuests> with_guests_;
  std::vector<Pattern> privileged_;
  std::vector<std::vector<Pattern>> signs_of_life_;  // one of these sets, all of its nodes
};

}  // namespace xsaudit
