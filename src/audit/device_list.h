// The devices of a store, each as its three parts describe it: the toolstack's record, the guest's
// frontend and the backend. Their paths and names come from the schema's device table. A list
// states facts; what is wrong with a device follows from the findings alone (FindingsByDevice). A
// list is bounded whatever guests create, and it owns all its data. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/finding.h"
#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

class Guests;
class HostFacts;

// A node of a part. The value is raw bytes, if the node is present and its value is known.
struct DeviceNode {
  Presence presence = Presence::absent;
  std::string value;
  UnknownReason unknown = UnknownReason::known;  // why presence or value is not known
};

// One part of a device: where it is, or where it would be.
struct DevicePart {
  std::string path;  // raw; empty if no other part names it
  Presence presence = Presence::absent;
  UnknownReason presence_unknown = UnknownReason::known;
  DeviceNode state;        // of the handshake; of frontend and backend
  std::string state_name;  // "Connected"; empty if the value is not a state
  DeviceNode names;  // the path that it names: of the backend, or, in a backend, of the frontend
};

// The view of domain 0's kernel of a backend that it serves. Texts are raw bytes; what is not known
// is empty.
struct DeviceKernel {
  struct Interface {
    std::string name;
    std::string bridge;  // or the switch that it belongs to
  };
  std::string driver;  // empty: no driver serves the backend
  std::string state;   // the driver's: "Connected"
  std::string disk;    // the number of the opened disk: "fd:3"
  std::string disk_name;
  bool writable = false;  // whether the disk was opened for writing
  std::vector<Interface> interfaces;
};

struct DeviceSummary {
  Domid domid = 0;   // the guest
  std::string kind;  // the frontend's; raw
  std::string id;
  std::optional<Domid> backend_domid;  // nothing if no backend is known
  std::string backend_kind;            // raw
  DevicePart record;
  DevicePart frontend;
  // The recorded one if it exists, else the one that the frontend names, else any.
  DevicePart backend;
  // Nothing if it is not known, or if programs serve the backend.
  std::optional<DeviceKernel> kernel;
};

struct DeviceList {
  // The maximum number of devices of one guest. A guest can create any number of devices, in some
  // toolstacks' stores and as the backend of others. Those that a toolstack recorded come first if
  // not all are listed.
  static constexpr std::size_t kMaxOfOneGuest = 200;
  static constexpr std::size_t kMaxDevices = 10'000;

  std::vector<Guest> domains;          // those with a home or a listed device, by domid
  std::vector<DeviceSummary> devices;  // by guest, kind and number
  std::uint64_t left_out = 0;          // the number of devices that are not listed
};

// `guests` must be made from the same schema and snapshot. `host`: null if no facts were collected.
DeviceList list_devices(const Schema& schema, const Snapshot& snapshot, Guests& guests,
                        const HostFacts* host = nullptr);

}  // namespace xsaudit
