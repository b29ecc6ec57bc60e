// The devices of a store, each as its three accounts have it: the toolstack's record, the guest's
// frontend and the backend; and where these contradict each other. Where they lie and what they are
// called comes from the schema's device table. A list is bounded whatever guests make up; it owns
// all it says. Plain values.
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

// A node of a part: raw bytes, where it is there and its value is known.
struct DeviceNode {
  Presence presence = Presence::absent;
  std::string value;
  UnknownReason unknown = UnknownReason::known;  // why presence or value is not known
};

// Where one account of a device lies, or would lie if it were there.
struct DevicePart {
  std::string path;  // raw; empty where nothing says where it would be
  Presence presence = Presence::absent;
  UnknownReason presence_unknown = UnknownReason::known;
  DeviceNode state;        // of the handshake; of frontend and backend
  std::string state_name;  // "Connected"; empty for what is no state
  DeviceNode names;  // the path it gives: of the backend, or in a backend that of the frontend
};

struct DeviceSummary {
  Domid domid = 0;   // the guest
  std::string kind;  // the frontend's; raw
  std::string id;
  std::optional<Domid> backend_domid;  // nothing where no backend is known
  std::string backend_kind;            // raw
  DevicePart record;
  DevicePart frontend;
  DevicePart backend;  // the one recorded if it is there, else the one the frontend names, else any
  // Where the parts contradict each other, one phrase each, safe to print. Only what is known
  // counts: a part that was not recorded contradicts nothing. This compares the three accounts and
  // judges nothing, so it does not follow from findings: whether a contradiction is a fault depends
  // on who could have written it, whether the domain is running, and which rules are loaded and not
  // suppressed.
  std::vector<std::string> disagreements;
};

struct DeviceList {
  // Whom no more is listed of: a guest can make up devices, in some toolstacks' stores and as
  // backend of others. Those that a toolstack recorded come first when not all are listed.
  static constexpr std::size_t kMaxOfOneGuest = 200;
  static constexpr std::size_t kMost = 10'000;

  std::vector<Guest> domains;          // that have a home or a listed device, by domid
  std::vector<DeviceSummary> devices;  // by guest, kind and number
  std::uint64_t left_out = 0;          // devices that are not listed
};

// `guests` must be those of the same schema and snapshot.
DeviceList list_devices(const Schema& schema, const Snapshot& snapshot, Guests& guests);

}  // namespace xsaudit
