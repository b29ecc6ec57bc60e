#include "host/facts/kernel_filesystem.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

namespace fs = std::filesystem;

// The files of sysfs and procfs in a directory of their own, with the links as Linux makes them.
class FakeSys {
 public:
  FakeSys() {
    file("proc/xen/capabilities", "control_d\n");
    fs::create_directories(root() + "sys/bus/xen-backend/devices");
    fs::create_directories(root() + "sys/bus/xen-backend/drivers/vbd");
    fs::create_directories(root() + "sys/bus/xen-backend/drivers/vif");
    fs::create_directories(root() + "sys/class/net");
    fs::create_directories(root() + "sys/dev/block");
    file("proc/1/mountinfo", "23 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
  }
  std::string root() const { return directory_ / "root" + "/"; }

  void file(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(root() + path).parent_path());
    std::ofstream(root() + path) << text;
  }
  void link(const std::string& path, const std::string& target) const {
    fs::create_directories(fs::path(root() + path).parent_path());
    fs::create_symlink(target, root() + path);
  }
  // "vbd", "1", "51712": a device of the bus.
  std::string backend(const std::string& kind, const std::string& domid, const std::string& id,
                      const std::string& driver) const {
    const std::string name = kind + "-" + domid + "-" + id;
    const std::string device = "sys/devices/" + name;
    file(device + "/nodename", "backend/" + kind + "/" + domid + "/" + id + "\n");
    file(device + "/devtype", kind + "\n");
    file(device + "/state", "Connected\n");
    if (!driver.empty()) link(device + "/driver", "../../bus/xen-backend/drivers/" + driver);
    link("sys/bus/xen-backend/devices/" + name, "../../../devices/" + name);
    return device;
  }
  void disk(const std::string& device, const std::string& number, const std::string& mode) const {
    file(device + "/physical_device", number + "\n");
    file(device + "/mode", mode + "\n");
    file(device + "/statistics/rd_req", "3\n");
    file(device + "/statistics/wr_req", "12\n");
  }
  // A block device below sys/devices/virtual/block, or `within` another one.
  std::string block(const std::string& name, const std::string& number,
                    const std::string& within = "sys/devices/virtual/block") const {
    const std::string device = within + "/" + name;
    file(device + "/dev", number + "\n");
    link("sys/dev/block/" + number, "../../../" + device);
    return device;
  }
  std::string interface(const std::string& device, const std::string& name) const {
    const std::string made = device + "/net/" + name;
    file(made + "/address", "fe:ff:ff:ff:ff:ff\n");
    link("sys/class/net/" + name, "../../../" + made);
    return made;
  }

 private:
  ScratchDirectory directory_;
};

}  // namespace

TEST_CASE("the backends of the kernel, with driver, disk and bridge") {
  const FakeSys sys;
  sys.backend("console", "1", "0", "");
  sys.disk(sys.backend("vbd", "1", "51712", "vbd"), "7:0", "w");
  const std::string bridged = sys.interface(sys.backend("vif", "1", "0", "vif"), "vif1.0");
  const std::string switched = sys.interface(sys.backend("vif", "1", "1", "vif"), "vif1.1");
  sys.interface(sys.backend("vif", "1", "2", "vif"), "vif1.2");
  sys.file("sys/devices/virtual/net/xenbr0/bridge/bridge_id", "8000\n");
  sys.file("sys/devices/virtual/net/ovs-system/address", "00:00:00:00:00:00\n");
  sys.link(bridged + "/master", fs::path(sys.root() + "sys/devices/virtual/net/xenbr0").string());
  sys.link(switched + "/master",
           fs::path(sys.root() + "sys/devices/virtual/net/ovs-system").string());
  sys.file("sys/devices/virtual/net/tap1.0/tun_flags", "0x1002\n");
  sys.link("sys/devices/virtual/net/tap1.0/master", "../xenbr0");
  sys.link("sys/class/net/tap1.0", "../../devices/virtual/net/tap1.0");
  sys.file("sys/hypervisor/version/major", "4\n");
  sys.file("sys/hypervisor/version/minor", "17\n");
  sys.file("sys/hypervisor/version/extra", ".7\n");

  const Fact<KernelView> view = read_kernel_view(sys.root());
  REQUIRE(view.is_known());
  CHECK(*view->xen == HypervisorVersion{4, 17, ".7"});
  CHECK(*view->drivers == std::vector<std::string>{"vbd", "vif"});
  CHECK(view->has_driver("vif"));
  CHECK_FALSE(view->has_driver("pci"));
  REQUIRE(view->backends->size() == 5);
  CHECK(view->backend("backend/console/1/0")->driver.is_absent());
  CHECK(view->backend("backend/console/1/0")->interfaces.is_absent());
  const KernelBackend& disk = *view->backend("backend/vbd/1/51712");
  CHECK(disk.driver == Fact<std::string>("vbd"));
  CHECK(disk.state == Fact<std::string>("Connected"));
  CHECK(disk.disk == Fact<std::string>("7:0"));
  CHECK(disk.mode == Fact<std::string>("w"));
  CHECK(disk.reads == Fact<std::uint64_t>(3));
  CHECK(disk.writes == Fact<std::uint64_t>(12));
  const NetworkInterface& in_bridge = view->backend("backend/vif/1/0")->interfaces->at(0);
  CHECK(in_bridge.name == "vif1.0");
  CHECK(in_bridge.address == Fact<std::string>("fe:ff:ff:ff:ff:ff"));
  CHECK(in_bridge.master == Fact<std::string>("xenbr0"));
  CHECK(in_bridge.bridged == Fact<bool>(true));
  const NetworkInterface& in_switch = view->backend("backend/vif/1/1")->interfaces->at(0);
  CHECK(in_switch.master == Fact<std::string>("ovs-system"));
  CHECK(in_switch.bridged == Fact<bool>(false));
  CHECK(view->backend("backend/vif/1/2")->interfaces->at(0).master.is_absent());
  REQUIRE(view->taps->size() == 1);
  CHECK(view->taps->at(0).name == "tap1.0");
  CHECK(view->taps->at(0).master == Fact<std::string>("xenbr0"));
}

TEST_CASE("the disk behind a backend, its mounts and what lies on it") {
  const FakeSys sys;
  const auto serve = [&](const std::string& id, const std::string& number) {
    sys.disk(sys.backend("vbd", "1", id, "vbd"), number, "w");
  };
  serve("1", "7:0");
  serve("2", "fd:3");
  serve("3", "8:0");
  serve("4", "8:1");
  serve("5", "8:10");
  const std::string loop = sys.block("loop0", "7:0");
  sys.file(loop + "/loop/backing_file", "/srv/a b.img\n");
  const std::string volume = sys.block("dm-3", "253:3");
  sys.file(volume + "/dm/name", "vg0-alpha\n");
  const std::string disk = sys.block("sda", "8:0", "sys/devices/pci0/block");
  const std::string partition = sys.block("sda1", "8:1", disk);
  sys.file(partition + "/partition", "1\n");
  sys.link(partition + "/holders/dm-3", fs::path(sys.root() + volume).string());
  sys.block("sdb", "8:16", "sys/devices/pci0/block");
  sys.file("proc/1/mountinfo",
           "23 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
           "24 1 253:3 / /mnt/my\\040disk rw,relatime - ext4 /dev/dm-3 rw\n"
           "25 1 8:16 / /mnt/b rw master:1 shared:2 - ext4 /dev/sdb rw\n"
           "a line of another form\n");

  const Fact<KernelView> view = read_kernel_view(sys.root());
  REQUIRE(view.is_known());
  REQUIRE(view->disks->size() == 5);
  CHECK(view->disk("7:0")->file == Fact<std::string>("/srv/a b.img"));
  CHECK(view->disk("7:0")->name == Fact<std::string>("loop0"));
  CHECK(view->disk("7:0")->mounts->empty());
  CHECK(view->disk("7:0")->whole.is_absent());
  CHECK(view->disk("fd:3")->mapped == Fact<std::string>("vg0-alpha"));
  const std::vector<std::string> mounted = {"/mnt/my\\040disk"};
  CHECK(*view->disk("fd:3")->mounts == mounted);
  CHECK(*view->disk("8:1")->mounts == mounted);  // the volume lies on the partition
  CHECK(*view->disk("8:0")->mounts == mounted);  // and the partition on the disk
  CHECK(view->disk("8:1")->whole == Fact<std::string>("8:0"));
  CHECK(*view->disk("8:10")->mounts == std::vector<std::string>{"/mnt/b"});
}

TEST_CASE("no facts of a kernel other than that of domain 0") {
  const FakeSys sys;
  sys.file("proc/xen/capabilities", "\n");
  CHECK(read_kernel_view(sys.root()) == Fact<KernelView>::unknown("this is not domain 0"));
}

TEST_CASE("a kernel without backends, and lists that cannot be read") {
  const FakeSys sys;
  fs::remove_all(sys.root() + "sys/bus");
  fs::remove_all(sys.root() + "proc/1");
  const Fact<KernelView> view = read_kernel_view(sys.root());
  REQUIRE(view.is_known());
  CHECK(view->backends.is_absent());
  CHECK(view->drivers.is_absent());
  CHECK(view->disks.is_absent());
  CHECK(view->xen.is_absent());

  sys.file("sys/bus/xen-backend/devices", "a file in the place of the directory");
  const Fact<KernelView> odd = read_kernel_view(sys.root());
  REQUIRE(odd.is_known());
  CHECK(odd->backends.is_unknown());
}

TEST_CASE("values of any kind are read as they are, or unknown") {
  const FakeSys sys;
  const std::string device = sys.backend("vbd", "1", "1", "vbd");
  sys.disk(device, std::string("\x1b[2J\xff:zz"), std::string(5000, 'w'));
  sys.file(device + "/statistics/rd_req", "-1\n");
  const Fact<KernelView> view = read_kernel_view(sys.root());
  REQUIRE(view.is_known());
  const KernelBackend& backend = *view->backend("backend/vbd/1/1");
  CHECK(backend.disk == Fact<std::string>("\x1b[2J\xff:zz"));
  CHECK(backend.mode.is_unknown());
  CHECK(backend.reads.is_unknown());
  CHECK(view->disk("\x1b[2J\xff:zz")->name.is_unknown());
}

TEST_CASE("devices that come and go while they are read") {
  const FakeSys sys;
  for (int i = 0; i < 20; ++i) {
    sys.disk(sys.backend("vbd", "1", std::to_string(i), "vbd"), "7:" + std::to_string(i), "w");
  }
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) {
      const std::string link = sys.root() + "sys/bus/xen-backend/devices/vbd-1-7";
      fs::remove(link);
      fs::create_symlink("../../../devices/vbd-1-7", link);
    }
  });
  for (int i = 0; i < 200; ++i) {
    const Fact<KernelView> view = read_kernel_view(sys.root());
    if (!view.is_known() || view->backends.is_absent()) break;
    // Never a list that lacks a device which was there all the time.
    if (view->backends.is_known()) {
      CHECK(view->backends->size() >= 19);
      for (const KernelBackend& one : *view->backends) CHECK(one.disk.is_known());
    }
  }
  done = true;
  other.join();
}

TEST_CASE("a backend that changed between two views is named, whatever its traffic") {
  KernelBackend disk;
  disk.nodename = "backend/vbd/1/1";
  disk.state = std::string("Connected");
  disk.writes = std::uint64_t{1};
  KernelBackend other = disk;
  other.nodename = "backend/vbd/1/2";
  KernelView before;
  before.backends = std::vector<KernelBackend>{disk, other};
  KernelView after = before;
  after.backends->front().writes = std::uint64_t{2};
  CHECK(changed_backends(before, after).empty());
  after.backends->front().state = std::string("Closing");
  CHECK(changed_backends(before, after) == std::vector<std::string>{"backend/vbd/1/1"});
  after.backends->pop_back();
  CHECK(changed_backends(before, after) ==
        std::vector<std::string>{"backend/vbd/1/1", "backend/vbd/1/2"});
  CHECK(changed_backends(after, before) ==
        std::vector<std::string>{"backend/vbd/1/1", "backend/vbd/1/2"});
}

}  // namespace xsaudit
