#include "host/facts/kernel_filesystem.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/number_text.h"
#include "host/facts/bounded_read.h"
#include "host/facts/domain_record.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMaxAttribute = 4096;  // a page, as sysfs has it
constexpr std::size_t kMaxMountinfo = 16 << 20;
constexpr std::size_t kMaxStacked = 256;  // block devices on top of one
constexpr int kListAttempts = 3;

// The text of an attribute without the end of its line.
Fact<std::string> read_attribute(int directory, const std::string& name) {
  Fact<std::string> text = read_file(directory, name, kMaxAttribute);
  if (text.is_known() && text->ends_with('\n')) text->pop_back();
  return text;
}

Fact<std::uint64_t> read_count(int directory, const std::string& name) {
  const Fact<std::string> text = read_attribute(directory, name);
  if (!text.is_known()) return Fact<std::uint64_t>::as_little_as(text);
  std::uint64_t number = 0;
  // Kernels of 32 bits print some of them as signed numbers, which may be negative.
  if (!whole_number(*text, number)) return Fact<std::uint64_t>::unknown("it is not a number");
  return number;
}

// The last component of the target of a link.
Fact<std::string> read_link_name(int directory, const std::string& name) {
  Fact<std::string> target = read_link(directory, name);
  if (!target.is_known()) return target;
  return target->substr(target->rfind('/') + 1);
}

bool is_there(int directory, const std::string& name) {
  struct stat status {};
  return fstatat(directory, name.c_str(), &status, 0) == 0;
}

Fact<std::vector<std::string>> sorted_names(int directory, const char* path) {
  auto names = list_directory(directory, path, kMaxKernelDevices);
  if (names.is_known()) std::sort(names->begin(), names->end());
  return names;
}

NetworkInterface read_interface(int directory, const std::string& name) {
  NetworkInterface made;
  made.name = name;
  made.address = read_attribute(directory, "address");
  made.master = read_link_name(directory, "master");
  made.bridged =
      made.master.is_known() ? Fact<bool>(is_there(directory, "master/bridge")) : Fact<bool>(false);
  if (made.master.is_unknown()) made.bridged = Fact<bool>::as_little_as(made.master);
  return made;
}

Fact<std::vector<NetworkInterface>> read_interfaces(int backend) {
  using Interfaces = std::vector<NetworkInterface>;
  const auto names = sorted_names(backend, "net");
  if (!names.is_known()) return Fact<Interfaces>::as_little_as(names);
  Interfaces made;
  for (const std::string& name : *names) {
    const FileDescriptor directory = open_directory(backend, ("net/" + name).c_str());
    if (directory.is_open()) made.push_back(read_interface(directory.get(), name));
  }
  return made;
}

// Nothing if the device was removed meanwhile. All reads are of the same device: the directory of
// another one that gets its name is another directory.
std::optional<KernelBackend> read_backend(int bus, const std::string& name) {
  const FileDescriptor directory = open_directory(bus, name.c_str());
  if (!directory.is_open()) return std::nullopt;
  const Fact<std::string> nodename = read_attribute(directory.get(), "nodename");
  if (!nodename.is_known()) return std::nullopt;
  KernelBackend made;
  made.nodename = *nodename;
  made.driver = read_link_name(directory.get(), "driver");
  made.state = read_attribute(directory.get(), "state");
  made.disk = read_attribute(directory.get(), "physical_device");
  made.mode = read_attribute(directory.get(), "mode");
  made.reads = read_count(directory.get(), "statistics/rd_req");
  made.writes = read_count(directory.get(), "statistics/wr_req");
  made.interfaces = read_interfaces(directory.get());
  if (read_attribute(directory.get(), "nodename") != nodename) return std::nullopt;
  return made;
}

Fact<std::vector<KernelBackend>> read_backends(int root) {
  using Backends = std::vector<KernelBackend>;
  constexpr const char* kBus = "sys/bus/xen-backend/devices";
  for (int attempt = 0; attempt < kListAttempts; ++attempt) {
    const auto names = sorted_names(root, kBus);
    if (!names.is_known()) return Fact<Backends>::as_little_as(names);
    const FileDescriptor bus = open_directory(root, kBus);
    Backends made;
    for (const std::string& name : *names) {
      if (auto one = read_backend(bus.get(), name)) made.push_back(*std::move(one));
    }
    if (made.size() != names->size() || sorted_names(root, kBus) != names) continue;
    return made;
  }
  return Fact<Backends>::unknown("devices were added or removed each time they were listed");
}

// The two numbers of a device, with a colon between them.
std::optional<std::pair<unsigned, unsigned>> parse_numbers(std::string_view text, int base) {
  unsigned major = 0;
  unsigned minor = 0;
  if (!take_number(text, major, base) || !text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  if (!whole_number(text, minor, base)) return std::nullopt;
  return std::pair(major, minor);
}

// The block devices by the numbers of sysfs, in decimal: "253:3".
class BlockReader {
 public:
  explicit BlockReader(int root) : root_(root) { read_mounts(); }

  BlockDevice read(const std::string& number) const {
    BlockDevice made;
    made.number = number;
    const auto numbers = parse_numbers(number, 16);  // as blkback prints them
    if (!numbers) return made;
    const std::string own = std::to_string(numbers->first) + ":" + std::to_string(numbers->second);
    const FileDescriptor directory = open_directory(root_, (kBlock + own).c_str());
    if (!directory.is_open()) return made;
    made.name = read_link_name(root_, kBlock + own);
    made.mapped = read_attribute(directory.get(), "dm/name");
    made.file = read_attribute(directory.get(), "loop/backing_file");
    made.whole = Fact<std::string>::absent();
    if (is_there(directory.get(), "partition")) made.whole = read_whole(directory.get());
    made.mounts = mounts_on(own);
    return made;
  }

 private:
  static constexpr const char* kBlock = "sys/dev/block/";

  static Fact<std::string> read_whole(int partition) {
    Fact<std::string> number = read_attribute(partition, "../dev");
    if (!number.is_known()) return number;
    const auto numbers = parse_numbers(*number, 10);
    if (!numbers) return Fact<std::string>::unknown("it is not a device number");
    return hexadecimal(numbers->first) + ":" + hexadecimal(numbers->second);
  }

  static std::string hexadecimal(unsigned number) {
    char text[2 * sizeof number];
    return {text, std::to_chars(text, text + sizeof text, number, 16).ptr};
  }

  // proc(5), mountinfo: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw". The
  // mounts of the first process are those of the host, whatever this process can see.
  void read_mounts() {
    mountinfo_ = read_file(root_, "proc/1/mountinfo", kMaxMountinfo);
    if (!mountinfo_.is_known()) {
      mountinfo_ = read_file(root_, "proc/self/mountinfo", kMaxMountinfo);
    }
    if (!mountinfo_.is_known()) return;
    std::string_view text = *mountinfo_;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      add_mount(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  void add_mount(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
      const std::size_t end = std::min(line.find(' '), line.size());
      words.push_back(line.substr(0, end));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 6 || words.end() - dash < 3) return;
    std::string number(words[2]);
    // btrfs and others have a number of their own, which belongs to no disk.
    const std::string_view source = *(dash + 2);
    if (number.starts_with("0:") && source.starts_with("/dev/")) {
      struct stat status {};
      if (fstatat(root_, std::string(source.substr(1)).c_str(), &status, 0) == 0 &&
          S_ISBLK(status.st_mode)) {
        number =
            std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
      }
    }
    mounts_[std::move(number)].emplace(words[4]);
  }

  // Of the device and of all that lies on it.
  Fact<std::vector<std::string>> mounts_on(const std::string& number) const {
    using Mounts = std::vector<std::string>;
    if (!mountinfo_.is_known()) return Fact<Mounts>::as_little_as(mountinfo_);
    std::vector<std::string> stacked = {number};
    std::set<std::string> mounts;
    for (std::size_t i = 0; i < stacked.size(); ++i) {
      if (const auto found = mounts_.find(stacked[i]); found != mounts_.end()) {
        mounts.insert(found->second.begin(), found->second.end());
      }
      if (!add_stacked(stacked[i], stacked)) {
        return Fact<Mounts>::unknown("the devices that lie on it cannot be listed");
      }
      if (stacked.size() > kMaxStacked || mounts.size() > kMaxMounts) {
        return Fact<Mounts>::unknown("too many devices or mounts lie on it");
      }
    }
    return Mounts(mounts.begin(), mounts.end());
  }

  // The devices on top of it, and its partitions.
  bool add_stacked(const std::string& number, std::vector<std::string>& stacked) const {
    const FileDescriptor directory = open_directory(root_, (kBlock + number).c_str());
    if (!directory.is_open()) return true;  // removed since
    const auto add = [&](const Fact<std::string>& other) {
      if (other.is_known() && std::find(stacked.begin(), stacked.end(), *other) == stacked.end()) {
        stacked.push_back(*other);
      }
    };
    const auto holders = sorted_names(directory.get(), "holders");
    if (holders.is_unknown()) return false;
    if (holders.is_known()) {
      for (const std::string& name : *holders) {
        add(read_attribute(directory.get(), "holders/" + name + "/dev"));
      }
    }
    const auto below = sorted_names(directory.get(), ".");
    if (below.is_unknown()) return false;
    if (below.is_known()) {
      for (const std::string& name : *below) {
        if (is_there(directory.get(), name + "/partition")) {
          add(read_attribute(directory.get(), name + "/dev"));
        }
      }
    }
    return true;
  }

  int root_;
  Fact<std::string> mountinfo_;
  std::map<std::string, std::set<std::string>> mounts_;  // by number
};

Fact<std::vector<BlockDevice>> read_disks(int root,
                                          const Fact<std::vector<KernelBackend>>& backends) {
  using Disks = std::vector<BlockDevice>;
  if (!backends.is_known()) return Fact<Disks>::as_little_as(backends);
  std::set<std::string> numbers;
  for (const KernelBackend& one : *backends) {
    if (one.disk.is_known()) numbers.insert(*one.disk);
  }
  Disks disks;
  if (numbers.empty()) return disks;
  const BlockReader reader(root);
  for (const std::string& number : numbers) disks.push_back(reader.read(number));
  return disks;
}

// Tap devices have a file of flags (Linux drivers/net/tun.c).
Fact<std::vector<NetworkInterface>> read_taps(int root) {
  using Interfaces = std::vector<NetworkInterface>;
  constexpr const char* kInterfaces = "sys/class/net";
  const auto names = sorted_names(root, kInterfaces);
  if (!names.is_known()) return Fact<Interfaces>::as_little_as(names);
  Interfaces taps;
  for (const std::string& name : *names) {
    const FileDescriptor directory =
        open_directory(root, (std::string(kInterfaces) + "/" + name).c_str());
    if (!directory.is_open() || !is_there(directory.get(), "tun_flags")) continue;
    taps.push_back(read_interface(directory.get(), name));
  }
  return taps;
}

Fact<HypervisorVersion> read_xen_version(int root) {
  HypervisorVersion version;
  for (const auto& [name, number] :
       {std::pair("major", &version.major), std::pair("minor", &version.minor)}) {
    const Fact<std::uint64_t> read =
        read_count(root, std::string("sys/hypervisor/version/") + name);
    if (!read.is_known()) return Fact<HypervisorVersion>::as_little_as(read);
    *number = static_cast<std::uint32_t>(std::min<std::uint64_t>(*read, UINT32_MAX));
  }
  const Fact<std::string> extra = read_attribute(root, "sys/hypervisor/version/extra");
  if (extra.is_unknown()) return Fact<HypervisorVersion>::as_little_as(extra);
  if (extra.is_known()) version.extra = *extra;
  return version;
}

}  // namespace

Fact<KernelView> read_kernel_view(const std::string& root) {
  if (!runs_in_domain_zero(root)) return Fact<KernelView>::unknown("this is not domain 0");
  const FileDescriptor directory = open_directory(AT_FDCWD, root.c_str());
  if (!directory.is_open()) return Fact<KernelView>::unknown("the host's files cannot be read");
  KernelView view;
  view.xen = read_xen_version(directory.get());
  view.drivers = sorted_names(directory.get(), "sys/bus/xen-backend/drivers");
  view.backends = read_backends(directory.get());
  view.disks = read_disks(directory.get(), view.backends);
  view.taps = read_taps(directory.get());
  view.sort();
  return view;
}

}  // namespace xsaudit
