// The questions to the host about one store: the processes and users that its nodes name, and the
// toolstack's records of its domains, as the schema lists them (schema/host_table.h). A guest must
// not choose which process or file is read: a node that an unprivileged domain could have written
// is ignored, and so is a node of unknown permissions. Stateless; any thread.
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

// The user names in the store, without those that the schema itself contains.
struct NamedByStore {
  struct Domain {
    Domid domid = 0;
    std::string uuid;  // empty without one that only privileged domains could have written
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

// The nodes that name a process, with its pid, so that a caller can check later whether they still
// do.
std::vector<std::pair<std::string, Pid>> named_processes(const Schema& schema,
                                                         const Snapshot& snapshot,
                                                         const AccessOptions& domains);

// Whether the kernel of domain 0 serves a backend that the store does not contain, or the store
// contains a backend that the kernel's drivers serve and this one is not among them. A fault, or a
// moment in which one of the two has not followed the other yet.
bool kernel_contradicts(const Schema& schema, const Snapshot& snapshot, const KernelView& kernel);

// A node whose value is the number of an event channel, according to the schema, of the domain in
// whose home it lies. The guest may choose the number.
struct NamedEventChannel {
  NodeId node = kNoNode;
  EventChannelQuestion channel;
};
std::vector<NamedEventChannel> named_event_channels(const Schema& schema, const Snapshot& snapshot);

// The node in which the frontend of a device names the domain of its backend: of the device whose
// event channel `node` names. kNoNode if there is none.
NodeId backend_domid_node(const Schema& schema, const Snapshot& snapshot, NodeId node);

// Those of `named` whose peer is another domain than the one that the frontend names.
std::vector<NamedEventChannel> contradicting_channels(const Schema& schema,
                                                      const Snapshot& snapshot,
                                                      const std::vector<NamedEventChannel>& named,
                                                      const EventChannels& channels);

}  // namespace xsaudit
