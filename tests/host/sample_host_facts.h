// A host of which everything is known, absent or unknown somewhere, with hostile bytes wherever
// somebody else chooses them.
#pragma once

#include <string>

#include "host/facts/host_facts.h"

namespace xsaudit {

inline std::string every_byte() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

inline Process sample_process() {
  Process process;
  process.pid = 262;
  process.state = std::string("S");
  process.start_ticks = std::uint64_t{190585};
  process.started = std::uint64_t{1795247670};
  process.executable = "/usr/libexec/" + every_byte();
  process.arguments =
      std::vector<std::string>{"qemu", "", every_byte(), "\\x41\\", "{\"unknown\":1}"};
  process.credentials = {.uids = Ids{1, 2, 3, 4294967295},
                         .gids = Ids{5, 6, 7, 8},
                         .groups = std::vector<std::uint32_t>{},
                         .capabilities = Capabilities{1, 2, 3, 0x1ffffffffff, ~std::uint64_t{0}},
                         .seccomp = std::uint32_t{2},
                         .no_new_privileges = false};
  process.other_threads = std::uint32_t{3};
  process.root = Fact<std::string>::unknown("it may not be read (Permission denied)");
  process.namespaces = std::vector<Namespace>{
      {"mnt", "mnt:[1]", true},
      {"ipc", "ipc:[2]", false},
      {"time", "time:[3]", Fact<bool>::unknown("the reader's own is not known")}};
  process.limits = std::vector<Limit>{{"Max file size", 262144, {}}, {"x", {}, ~std::uint64_t{0}}};
  process.descriptors = std::vector<Descriptor>{
      {.number = 0, .target = "/dev/null"},
      {.number = 9, .target = every_byte(), .peer = std::string("\0abstract", 9)},
      {.number = 10, .target = "socket:[5]", .peer = std::string()},
      {.number = 11, .target = "socket:[6]", .peer = Fact<std::string>::unknown("nobody looked")}};
  return process;
}

inline KernelView sample_kernel_view() {
  KernelBackend disk;
  disk.nodename = "backend/vbd/1/51712";
  disk.driver = std::string("vbd");
  disk.state = every_byte();
  disk.disk = std::string("7:0");
  disk.mode = every_byte();
  disk.reads = ~std::uint64_t{0};
  disk.interfaces = Fact<std::vector<NetworkInterface>>::absent();
  KernelBackend network;
  network.nodename = every_byte();
  network.driver = Fact<std::string>::absent();
  network.interfaces = std::vector<NetworkInterface>{
      {every_byte(), std::string("fe:ff"), std::string("xenbr0"), true},
      {"x", Fact<std::string>::absent(), Fact<std::string>::unknown("it may not be read"), false}};
  KernelView view;
  view.xen = HypervisorVersion{4, 17, every_byte()};
  view.drivers = std::vector<std::string>{"vbd", every_byte()};
  view.backends = std::vector<KernelBackend>{disk, network};
  BlockDevice loop;
  loop.number = "7:0";
  loop.file = every_byte();
  loop.mounts = std::vector<std::string>{"/", every_byte()};
  view.disks = std::vector<BlockDevice>{loop};
  view.taps = Fact<std::vector<NetworkInterface>>::unknown("it may not be read");
  view.changed = {"backend/vif/1/0"};
  view.sort();
  return view;
}

inline HostFacts sample_host_facts() {
  HostFacts facts;
  facts.processes[262] = sample_process();
  facts.processes[7] = Fact<Process>::absent();
  facts.processes[8] = Fact<Process>::unknown("this /proc hides the processes of others (hidepid)");
  facts.processes[9] = Process{};
  facts.searches[{"-xen-domid", every_byte()}] = std::vector<Pid>{7, 262};
  facts.searches[{"-other"}] = Fact<std::vector<Pid>>::unknown("the processes cannot be listed");
  facts.users["root"] = User{"root", 0, 0};
  facts.users[every_byte()] = Fact<User>::absent();
  facts.uid_ranges[{5, 10}] = std::vector<User>{{"five", 5, 1}, {every_byte(), 6, 2}};
  facts.uid_ranges[{11, 11}] = Fact<std::vector<User>>::unknown("too many");
  facts.domain_records[{1, "a-uuid"}] =
      DomainRecord{{"/a", Fact<std::string>("True")},
                   {"unknown", Fact<std::string>::absent()},
                   {every_byte(), Fact<std::string>(every_byte())}};
  facts.domain_records[{1, "another"}] = Fact<DomainRecord>::absent();
  facts.kernel = sample_kernel_view();
  facts.settings = Settings{{"quota-maxentity", "8192"}, {every_byte(), every_byte()}};
  facts.event_channels =
      EventChannels{{1, 12, std::string("interdomain"), Domid{0}},
                    {1, 13, std::string("virq"), Fact<Domid>::absent()},
                    {2, 12, Fact<std::string>::absent(), Fact<Domid>::absent()},
                    {2, 131'071, Fact<std::string>::unknown("no"), Fact<Domid>::unknown("no")}};
  return facts;
}

}  // namespace xsaudit
