#include "audit/host_questions.h"

#include <optional>
#include <string_view>

#include "base/number_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// The numbers in the matching nodes that only privileged domains could have written.
std::vector<std::pair<NodeId, std::uint32_t>> numbers_at(const std::vector<Pattern>& patterns,
                                                         const Snapshot& snapshot,
                                                         const Grants& grants) {
  std::vector<std::pair<NodeId, std::uint32_t>> numbers;
  const auto found = [&](NodeId node, const std::vector<Binding>&) {
    std::uint32_t number = 0;
    if (snapshot.value_unknown(node) == UnknownReason::known &&
        whole_number(snapshot.value(node), number) && closed(snapshot, node, grants)) {
      numbers.emplace_back(node, number);
    }
    return true;
  };
  for (const Pattern& pattern : patterns) pattern.for_each(snapshot, {}, found);
  return numbers;
}

}  // namespace

NamedByStore named_by_store(const Schema& schema, const Snapshot& snapshot,
                            const AccessOptions& domains) {
  const HostTable& table = schema.host();
  const Grants grants(domains, snapshot.info().daemon);
  NamedByStore named;
  for (const auto& [node, pid] : numbers_at(table.processes, snapshot, grants)) {
    named.pids.push_back(pid);
  }
  for (const auto& [node, uid] : numbers_at(table.uids, snapshot, grants)) {
    named.uids.push_back(uid);
  }
  for (const Domid domid : schema.domains().homes(snapshot)) {
    const auto uuid = schema.domains().uuid(snapshot, domid);
    const bool counts =
        uuid && closed(snapshot, schema.domains().uuid_node(snapshot, domid), grants);
    named.domains.push_back({.domid = domid, .uuid = counts ? *uuid : std::string()});
  }
  return named;
}

HostQuestions host_questions(const Schema& schema, const NamedByStore& named) {
  const HostTable& table = schema.host();
  HostQuestions questions;
  questions.arguments = table.arguments;
  questions.range_bases = table.range_bases;
  questions.record_users = table.record_users;
  questions.pids = named.pids;
  questions.kernel = true;
  questions.settings = table.settings;
  for (const std::uint32_t uid : named.uids) questions.uid_ranges.push_back({uid, uid});
  for (const NamedByStore::Domain& domain : named.domains) {
    for (std::string& user : table.users_of(domain.domid)) {
      questions.users.push_back(std::move(user));
    }
    // The value becomes part of a file's path, so only the form of a UUID is accepted.
    if (table.record.empty() || domain.uuid.empty()) continue;
    questions.domain_records.push_back({.domid = domain.domid,
                                        .uuid = domain.uuid,
                                        .path = table.record,
                                        .values = table.record_values});
  }
  return questions;
}

HostQuestions host_questions(const Schema& schema, const Snapshot& snapshot,
                             const AccessOptions& domains) {
  return host_questions(schema, named_by_store(schema, snapshot, domains));
}

std::vector<std::pair<std::string, Pid>> named_processes(const Schema& schema,
                                                         const Snapshot& snapshot,
                                                         const AccessOptions& domains) {
  std::vector<std::pair<std::string, Pid>> named;
  const Grants grants(domains, snapshot.info().daemon);
  for (const auto& [node, pid] : numbers_at(schema.host().processes, snapshot, grants)) {
    named.emplace_back(snapshot.path(node), pid);
  }
  return named;
}

bool kernel_contradicts(const Schema& schema, const Snapshot& snapshot, const KernelView& kernel) {
  if (!kernel.backends.is_known()) return false;
  const DeviceTable& devices = schema.devices();
  for (const KernelBackend& one : *kernel.backends) {
    const std::string path = devices.kernel_path(one.nodename);
    if (one.driver.is_known() && valid_path(path) && snapshot.find(path) == kNoNode) return true;
  }
  bool contradicts = false;
  devices.for_each(snapshot, [&](NodeId node, const Device& device) {
    if (contradicts || !devices.served_by_kernel(device)) return;
    if (!kernel.has_driver(*device.backend_kind)) return;
    const auto name = devices.kernel_name(snapshot.path(node));
    const KernelBackend* const one = name ? kernel.backend(*name) : nullptr;
    contradicts = one == nullptr || !one->driver.is_known();
  });
  return contradicts;
}

std::vector<NamedEventChannel> named_event_channels(const Schema& schema,
                                                    const Snapshot& snapshot) {
  std::vector<NamedEventChannel> named;
  const auto found = [&](NodeId node, const std::vector<Binding>&) {
    std::uint32_t port = 0;
    const auto domid = schema.domains().domain_of(snapshot.path(node));
    if (domid && snapshot.value_unknown(node) == UnknownReason::known &&
        whole_number(snapshot.value(node), port)) {
      named.push_back({.node = node, .channel = {.domid = *domid, .port = port}});
    }
    return true;
  };
  for (const SchemaEntry& entry : schema.entries()) {
    if (!entry.type.allows(kEventChannelType)) continue;
    for (const Pattern& pattern : entry.patterns) pattern.for_each(snapshot, {}, found);
  }
  return named;
}

NodeId backend_domid_node(const Schema& schema, const Snapshot& snapshot, NodeId node) {
  const DeviceTable& devices = schema.devices();
  const auto device = devices.device_of(snapshot.path(node));
  if (!device || device->part != Device::Part::frontend) return kNoNode;
  return snapshot.find(devices.frontend_path(*device) + "/" + devices.nodes().backend_domid);
}

std::vector<NamedEventChannel> contradicting_channels(const Schema& schema,
                                                      const Snapshot& snapshot,
                                                      const std::vector<NamedEventChannel>& named,
                                                      const EventChannels& channels) {
  std::vector<NamedEventChannel> contradicting;
  for (const NamedEventChannel& one : named) {
    const EventChannel* const channel = find(channels, one.channel);
    if (channel == nullptr || !channel->peer.is_known()) continue;
    const NodeId claim = backend_domid_node(schema, snapshot, one.node);
    Domid domid = 0;
    if (claim == kNoNode || !whole_number(snapshot.value(claim), domid)) continue;
    if (domid != *channel->peer) contradicting.push_back(one);
  }
  return contradicting;
}

}  // namespace xsaudit
