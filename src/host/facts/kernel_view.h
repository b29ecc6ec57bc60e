// The facts that the kernel of domain 0 reports about the devices that it serves to guests: the
// backends with their drivers, the disks that were opened, the network interfaces and their
// bridges; and the version of Xen. No guest can write any of it. Plain values; any thread may read
// shared ones.
//
// Names are chosen by toolstacks and administrators, partly from a guest's configuration. All text
// is raw bytes and must be escaped (base/escape.h) before it is shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/facts/process.h"

namespace xsaudit {

// A network interface of a backend, or a tap device of QEMU.
struct NetworkInterface {
  std::string name;  // "vif1.0"
  Fact<std::string> address;
  Fact<std::string> master;  // absent: it is in no bridge or switch
  // Whether the master is a bridge of Linux. Open vSwitch has one master for all its bridges.
  Fact<bool> bridged;
  bool operator==(const NetworkInterface&) const = default;
};

// A device on the bus of backends (Linux drivers/xen/xenbus/xenbus_probe_backend.c).
struct KernelBackend {
  std::string nodename;  // its place in the store, from the home of domain 0: "backend/vbd/1/51712"
  Fact<std::string> driver;  // absent: no driver serves it
  Fact<std::string> state;   // the driver's own state: "Connected"
  // Of a disk that was opened (Linux xen-blkback/xenbus.c): its number, in hexadecimal as in the
  // store, and the mode with which it was opened.
  Fact<std::string> disk;
  Fact<std::string> mode;
  Fact<std::uint64_t> reads, writes;               // requests of the guest that were served
  Fact<std::vector<NetworkInterface>> interfaces;  // absent: it is not a network backend
  bool operator==(const KernelBackend&) const = default;
};

// A block device that a backend has opened.
struct BlockDevice {
  std::string number;        // "fd:3"
  Fact<std::string> name;    // "dm-3"
  Fact<std::string> mapped;  // the name of a device-mapper volume: "vg0-alpha"
  Fact<std::string> file;    // of a loop device: the file behind it
  Fact<std::string> whole;   // of a partition: the number of its disk
  // Where it is mounted in domain 0, or anything that lies on it: a partition, a volume. Escaped as
  // in proc(5), mountinfo.
  Fact<std::vector<std::string>> mounts;
  bool operator==(const BlockDevice&) const = default;
};

struct HypervisorVersion {
  std::uint32_t major = 0, minor = 0;
  std::string extra;  // ".7"
  bool operator==(const HypervisorVersion&) const = default;
};

struct KernelView {
  Fact<HypervisorVersion> xen;
  Fact<std::vector<std::string>> drivers;     // the kinds of backend that have a driver, loaded now
  Fact<std::vector<KernelBackend>> backends;  // by nodename
  Fact<std::vector<BlockDevice>> disks;       // by number
  Fact<std::vector<NetworkInterface>> taps;   // by name
  // The backends that were different, or absent, when the kernel was read before the store.
  std::vector<std::string> changed;
  bool operator==(const KernelView&) const = default;

  // Orders the lists as backend() and disk() expect them.
  void sort();
  // Null if there is none, or none is known.
  const KernelBackend* backend(std::string_view nodename) const;
  const BlockDevice* disk(std::string_view number) const;
  // Whether a driver for backends of this kind is loaded; false if that is not known.
  bool has_driver(std::string_view kind) const;
};

// The nodenames of the backends that differ between the two views, without their traffic.
std::vector<std::string> changed_backends(const KernelView& before, const KernelView& after);

template <typename Visit>
void visit_members(Is<NetworkInterface> auto& one, Visit visit) {
  visit("name", one.name);
  visit("address", one.address);
  visit("master", one.master);
  visit("bridged", one.bridged);
}

template <typename Visit>
void visit_members(Is<KernelBackend> auto& one, Visit visit) {
  visit("nodename", one.nodename);
  visit("driver", one.driver);
  visit("state", one.state);
  visit("disk", one.disk);
  visit("mode", one.mode);
  visit("reads", one.reads);
  visit("writes", one.writes);
  visit("interfaces", one.interfaces);
}

template <typename Visit>
void visit_members(Is<BlockDevice> auto& one, Visit visit) {
  visit("number", one.number);
  visit("name", one.name);
  visit("mapped", one.mapped);
  visit("file", one.file);
  visit("whole", one.whole);
  visit("mounts", one.mounts);
}

template <typename Visit>
void visit_members(Is<HypervisorVersion> auto& version, Visit visit) {
  visit("major", version.major);
  visit("minor", version.minor);
  visit("extra", version.extra);
}

template <typename Visit>
void visit_members(Is<KernelView> auto& view, Visit visit) {
  visit("xen", view.xen);
  visit("drivers", view.drivers);
  visit("backends", view.backends);
  visit("disks", view.disks);
  visit("taps", view.taps);
  visit("changed", view.changed);
}

}  // namespace xsaudit
