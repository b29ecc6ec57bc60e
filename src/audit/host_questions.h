// The questions to the host about one store: the processes and users that its nodes name, and the
// toolstack's records of its domains, as the schema lists them (schema/host_table.h). A guest must
// not choose what is looked at: a node that an unprivileged domain could have written is passed
// over, and so is one whose permissions are not known. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/facts/host_facts.h"
#include "schema/schema.h"
#include "store/access.h"
#include "store/snapshot.h"

namespace xsaudit {

// The names in the store, without those that the schema itself contains.
struct NamedByStore {
  struct Domain {
    Domid domid = 0;
    std::string uuid;  // empty where it has none that only privileged domains could have written
  };
  std::vector<Pid> pids;
  std::vector<std::uint32_t> uids;
  std::vector<Domain> domains;
};

// `domains`: DomainTable::access_options() of this store.
NamedByStore named_by_store(const Schema& schema, const Snapshot& snapshot,
                            const AccessOptions& domains);
HostQuestions host_questions(const Schema& schema, const NamedByStore& named);
HostQuestions host_questions(const Schema& schema, const Snapshot& snapshot,
                             const AccessOptions& domains);

// The nodes that made it ask for a process, with its pid: for looking again whether they still do.
std::vector<std::pair<std::string, Pid>> named_processes(const Schema& schema,
                                                         const Snapshot& snapshot,
                                                         const AccessOptions& domains);

}  // namespace xsaudit
