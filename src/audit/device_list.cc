#include "audit/device_list.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "audit/guests.h"
#include "host/facts/host_facts.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// Numbers of devices have no leading zeros, so a shorter one is smaller.
struct DeviceKey {
  Domid domid;
  std::string kind;
  std::string id;
  auto order() const { return std::tie(domid, kind); }
  bool operator<(const DeviceKey& other) const {
    if (order() != other.order()) return order() < other.order();
    return std::pair(id.size(), std::string_view(id)) <
           std::pair(other.id.size(), std::string_view(other.id));
  }
};

// The nodes of a store that are parts of one device.
struct FoundParts {
  NodeId frontend = kNoNode;
  std::vector<NodeId> backends;
  std::vector<NodeId> records;

  // The smaller the value, the harder it is for a guest to have invented the device.
  int doubt() const { return !records.empty() ? 0 : frontend != kNoNode ? 1 : 2; }
};

using FoundDevices = std::map<DeviceKey, FoundParts>;

class DeviceReader {
 public:
  DeviceReader(const DeviceTable& table, const Snapshot& snapshot)
      : table_(table), snapshot_(snapshot) {}

  DeviceSummary make(const DeviceKey& key, const FoundParts& found) const {
    Device place;
    place.domid = key.domid;
    place.kind = key.kind;
    place.id = key.id;
    DeviceSummary device;
    device.domid = key.domid;
    device.kind = key.kind;
    device.id = key.id;
    device.record = record(place, found);
    device.frontend = found.frontend == kNoNode ? part(table_.frontend_path(place))
                                                : part(found.frontend, table_.nodes().backend);
    device.backend = backend(device, found);
    if (const auto served = table_.device_of(device.backend.path);
        served && served->part == Device::Part::backend) {
      device.backend_domid = served->backend_domid;
      device.backend_kind = served->backend_kind.value_or("");
    }
    return device;
  }

 private:
  DeviceNode node(NodeId within, const std::string& name) const {
    DeviceNode node;
    const NodeId child = snapshot_.child(within, name);
    if (child == kNoNode) {
      node.unknown = snapshot_.children_unknown(within);
      if (node.unknown != UnknownReason::known) node.presence = Presence::unknown;
      return node;
    }
    node.presence = Presence::present;
    node.value = snapshot_.value(child);
    node.unknown = snapshot_.value_unknown(child);
    return node;
  }

  DevicePart part(NodeId top, const std::string& names) const {
    DevicePart part;
    part.path = snapshot_.path(top);
    part.presence = Presence::present;
    part.state = node(top, table_.nodes().state);
    part.state_name = table_.state_name(part.state.value);
    part.names = node(top, names);
    return part;
  }

  // A part that is absent, or whose presence is unknown.
  DevicePart part(std::string path) const {
    DevicePart part;
    if (valid_path(path)) part.presence = snapshot_.presence(path, &part.presence_unknown);
    part.path = std::move(path);
    return part;
  }

  DevicePart record(const Device& place, const FoundParts& found) const {
    DevicePart record;
    for (std::string& path : table_.record_paths(place)) {
      const auto there =
          std::find_if(found.records.begin(), found.records.end(),
                       [&](NodeId candidate) { return snapshot_.path(candidate) == path; });
      if (there != found.records.end()) {
        record = part(*there, table_.nodes().backend);
        record.state = {};  // the state at the time the device was created
        record.state_name.clear();
        return record;
      }
      DevicePart other = part(std::move(path));
      if (record.path.empty() || other.presence == Presence::unknown) record = std::move(other);
    }
    return record;
  }

  // The backend that the record or else the frontend names.
  DevicePart backend(const DeviceSummary& device, const FoundParts& found) const {
    const std::string& name = table_.nodes().frontend;
    for (const DeviceNode* says : {&device.record.names, &device.frontend.names}) {
      for (const NodeId candidate : found.backends) {
        if (!says->value.empty() && snapshot_.path(candidate) == says->value) {
          return part(candidate, name);
        }
      }
    }
    if (!found.backends.empty()) return part(found.backends.front(), name);
    for (const DeviceNode* says : {&device.record.names, &device.frontend.names}) {
      const auto named = table_.device_of(says->value);
      if (named && named->part == Device::Part::backend && named->domid == device.domid &&
          named->kind == device.kind && named->id == device.id) {
        return part(says->value);
      }
    }
    return {};
  }

  const DeviceTable& table_;
  const Snapshot& snapshot_;
};

FoundDevices find_devices(const DeviceTable& table, const Snapshot& snapshot) {
  FoundDevices found;
  table.for_each(snapshot, [&](NodeId node, const Device& device) {
    FoundParts& parts = found[{device.domid, device.kind, device.id}];
    switch (device.part) {
      case Device::Part::frontend:
        // The paths of a kind with its own place come before the usual ones.
        if (parts.frontend == kNoNode) parts.frontend = node;
        break;
      case Device::Part::backend: parts.backends.push_back(node); break;
      case Device::Part::record: parts.records.push_back(node); break;
    }
  });
  return found;
}

// The devices that are listed, in order.
std::vector<const FoundDevices::value_type*> chosen(const FoundDevices& found) {
  std::vector<const FoundDevices::value_type*> devices;
  for (const auto& device : found) devices.push_back(&device);
  if (devices.size() <= DeviceList::kMaxOfOneGuest) return devices;

  std::stable_sort(devices.begin(), devices.end(), [](const auto* a, const auto* b) {
    return a->second.doubt() < b->second.doubt();
  });
  std::map<Domid, std::size_t> listed;
  std::erase_if(devices, [&](const auto* device) {
    return ++listed[device->first.domid] > DeviceList::kMaxOfOneGuest;
  });
  if (devices.size() > DeviceList::kMaxDevices) devices.resize(DeviceList::kMaxDevices);
  std::sort(devices.begin(), devices.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return devices;
}

std::string known_or_empty(const Fact<std::string>& fact) {
  return fact.is_known() ? *fact : std::string();
}

DeviceKernel describe(const KernelView& view, const KernelBackend& backend) {
  DeviceKernel made;
  made.driver = known_or_empty(backend.driver);
  made.state = known_or_empty(backend.state);
  made.disk = known_or_empty(backend.disk);
  // Linux xen-blkback/xenbus.c: a disk is writable if there is a 'w' in its mode.
  made.writable = known_or_empty(backend.mode).find('w') != std::string::npos;
  if (const BlockDevice* const disk = view.disk(made.disk)) {
    for (const Fact<std::string>* name : {&disk->name, &disk->mapped, &disk->file}) {
      if (name->is_known()) made.disk_name = **name;
    }
  }
  if (!backend.interfaces.is_known()) return made;
  for (const NetworkInterface& one : *backend.interfaces) {
    made.interfaces.push_back({one.name, known_or_empty(one.master)});
  }
  return made;
}

std::optional<DeviceKernel> kernel_of(const DeviceTable& table, const HostFacts& host,
                                      const DeviceSummary& device) {
  if (!host.kernel.is_known() || !host.kernel->backends.is_known()) return std::nullopt;
  const KernelView& view = *host.kernel;
  const auto name = table.kernel_name(device.backend.path);
  if (!name || std::binary_search(view.changed.begin(), view.changed.end(), *name)) {
    return std::nullopt;
  }
  const KernelBackend* const backend = view.backend(*name);
  const bool served = backend != nullptr && backend->driver.is_known();
  if (!served &&
      !(table.served_by_kernel(device.backend_kind) && view.has_driver(device.backend_kind))) {
    return std::nullopt;
  }
  return backend != nullptr ? describe(view, *backend) : DeviceKernel{};
}

}  // namespace

DeviceList list_devices(const Schema& schema, const Snapshot& snapshot, Guests& guests,
                        const HostFacts* host) {
  const FoundDevices found = find_devices(schema.devices(), snapshot);
  const DeviceReader reader(schema.devices(), snapshot);
  DeviceList list;
  const auto homes = schema.domains().homes(snapshot);
  std::set<Domid> domains(homes.begin(), homes.end());
  for (const auto* device : chosen(found)) {
    DeviceSummary& made = list.devices.emplace_back(reader.make(device->first, device->second));
    if (host != nullptr) made.kernel = kernel_of(schema.devices(), *host, made);
    domains.insert(made.domid);
    if (made.backend_domid) domains.insert(*made.backend_domid);
  }
  list.left_out = found.size() - list.devices.size();
  for (const Domid domid : domains) list.domains.push_back(guests.guest(domid));
  return list;
}

}  // namespace xsaudit
