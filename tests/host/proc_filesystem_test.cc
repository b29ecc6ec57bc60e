// The reader of /proc over made-up trees, where anything can happen at any moment.
#include "host/facts/proc_filesystem.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "host/facts/proc_process.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::string stat_line(Pid pid, std::uint64_t start, const std::string& state = "S") {
  return std::to_string(pid) + " (qemu) " + state +
         " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 " + std::to_string(start) + " 0 0\n";
}

constexpr char kStatus[] =
    "Name:\tqemu\nUid:\t5\t5\t5\t5\nGid:\t6\t6\t6\t6\nGroups:\t6 \n"
    "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
    "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\n";

// A made-up /proc of one process, 262, beside the first and the reader's own.
struct Tree {
  ScratchDirectory directory;
  Tree() {
    directory.write("stat", "cpu  1\nbtime 1000\n");
    directory.write("1/stat", stat_line(1, 0));
    directory.write("self/ns/none", "");
    fs::remove(directory / "self/ns/none");
    link("self/ns/mnt", "mnt:[11]");
    link("self/ns/ipc", "ipc:[12]");
    directory.write("262/stat", stat_line(262, 300));
    directory.write("262/status", kStatus);
    directory.write("262/task/262/status", kStatus);
    directory.write("262/cmdline", "qemu\0-xen-domid\0001\0"s);
    directory.write("262/limits",
                    "Limit\nMax file size             262144               unlimited"
                    "            bytes     \n");
    fs::create_directories(directory / "262/fd");
    fs::create_directories(directory / "262/ns");
    link("262/exe", "/usr/libexec/qemu (deleted)");
    link("262/root", "/run/xen/qemu-root-1");
    link("262/ns/ipc", "ipc:[99]");
    link("262/ns/mnt", "mnt:[11]");
    link("262/ns/pid_for_children", "pid:[13]");
    link("262/ns/time", "time:[14]");
    link("262/fd/0", "/dev/null");
    link("262/fd/10", "socket:[500]");
    link("262/fd/9", "/dev/xen/privcmd\n\x1b[31m\xff");
  }
  void link(const std::string& name, const std::string& target) const {
    fs::remove(directory / name);
    fs::create_symlink(target, directory / name);
  }
  ProcFilesystem reader(const Fact<UnixSocketTable>& sockets = UnixSocketTable{}) const {
    return ProcFilesystem(
        directory.path(), [sockets] { return sockets; },
        [](Pid, const Descriptor&) { return Fact<std::string>::unknown("nor does it"); });
  }
  Fact<Process> look(Fact<UnixSocketTable> sockets = UnixSocketTable{}) const {
    return reader(std::move(sockets)).look_at({262}).front();
  }
};

// Makes the command line a pipe: whoever reads it waits until `meanwhile` is done.
class WhileReading {
 public:
  WhileReading(const Tree& tree, std::function<void()> meanwhile) {
    const std::string pipe = tree.directory / "262/cmdline";
    fs::remove(pipe);
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    thread_ = std::thread([pipe, meanwhile = std::move(meanwhile)] {
      std::ofstream writer(pipe);  // returns when the reader has opened it
      meanwhile();
    });
  }
  ~WhileReading() { thread_.join(); }

 private:
  std::thread thread_;
};

}  // namespace

TEST_CASE("all there is to see of a process is read") {
  const Tree tree;
  UnixSocketTable sockets;
  sockets[500] = {.name = "", .peer = 501U};
  sockets[501] = {.name = "/run/xenstored/socket", .peer = 500U};
  const Fact<Process> process = tree.look(sockets);
  REQUIRE(process.is_known());
  CHECK(process->pid == 262);
  CHECK(process->state == Fact<std::string>("S"s));
  CHECK(process->start_ticks == Fact<std::uint64_t>(300U));
  CHECK(*process->started == 1000 + 300 / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)));
  CHECK(*process->executable == "/usr/libexec/qemu (deleted)");
  CHECK(*process->arguments == std::vector<std::string>{"qemu", "-xen-domid", "1"});
  CHECK(*process->credentials.uids == Ids{5, 5, 5, 5});
  CHECK(*process->credentials.gids == Ids{6, 6, 6, 6});
  CHECK(*process->credentials.groups == std::vector<std::uint32_t>{6});
  CHECK(process->other_threads == Fact<std::uint32_t>(0U));
  CHECK(*process->root == "/run/xen/qemu-root-1");
  CHECK(*process->limits == std::vector<Limit>{{"Max file size", 262144, {}}});

  REQUIRE(process->namespaces->size() == 3);
  CHECK((*process->namespaces)[0] == Namespace{"ipc", "ipc:[99]", false});
  CHECK((*process->namespaces)[1] == Namespace{"mnt", "mnt:[11]", true});
  CHECK((*process->namespaces)[2].ours.is_unknown());  // the reader has none of that kind

  REQUIRE(process->descriptors->size() == 3);
  CHECK((*process->descriptors)[0] == Descriptor{.number = 0, .target = "/dev/null"});
  CHECK((*process->descriptors)[1].target == "/dev/xen/privcmd\n\x1b[31m\xff");
  CHECK((*process->descriptors)[2].number == 10);
  CHECK((*process->descriptors)[2].peer == Fact<std::string>("/run/xenstored/socket"s));
}

TEST_CASE("the other end of a socket is known, absent or unknown") {
  const Tree tree;
  const auto peer = [&](const Fact<UnixSocketTable>& sockets) {
    return tree.look(sockets)->descriptors->back().peer;
  };
  CHECK(peer(UnixSocketTable{}).is_unknown());  // of another network namespace, perhaps
  CHECK(peer(UnixSocketTable{{500, {.name = "x", .peer = Fact<std::uint32_t>::absent()}}})
            .is_absent());
  CHECK(peer(UnixSocketTable{{500, {.name = "x", .peer = 7U}}}).is_unknown());
  const auto refused = Fact<UnixSocketTable>::unknown("the kernel does not report it");
  CHECK(peer(refused) == Fact<std::string>::unknown("the kernel does not report it; nor does it"));
}

TEST_CASE("where the kernel does not list the sockets each of them is asked") {
  const Tree tree;
  std::vector<std::string> asked;
  ProcFilesystem reader(
      tree.directory.path(), [] { return Fact<UnixSocketTable>::unknown("no list"); },
      [&](Pid pid, const Descriptor& descriptor) {
        asked.push_back(std::to_string(pid) + " " + std::to_string(descriptor.number) + " " +
                        descriptor.target);
        return Fact<std::string>("/run/xenstored/socket");
      });
  CHECK(reader.look_at({262}).front()->descriptors->back().peer ==
        Fact<std::string>("/run/xenstored/socket"));
  CHECK(asked == std::vector<std::string>{"262 10 socket:[500]"});
}

TEST_CASE("sockets are asked for once, and only where there are any") {
  const Tree tree;
  int asked = 0;
  ProcFilesystem reader(tree.directory.path(), [&] {
    ++asked;
    return UnixSocketTable{};
  });
  reader.look_at({262, 262, 1});
  CHECK(asked == 1);
  fs::remove(tree.directory / "262/fd/10");
  reader.look_at({262});
  CHECK(asked == 1);
}

TEST_CASE("threads with other credentials are counted") {
  const Tree tree;
  std::string root = kStatus;
  root.replace(root.find("Uid:\t5\t5"), 8, "Uid:\t5\t0");
  tree.directory.write("262/task/263/status", root);
  tree.directory.write("262/task/264/status", kStatus);
  std::string capable = kStatus;
  capable.replace(capable.find("CapPrm:\t0"), 9, "CapPrm:\t1");
  tree.directory.write("262/task/265/status", capable);
  CHECK(*tree.look()->other_threads == 2);
}

TEST_CASE("a process that is not there is absent") {
  const Tree tree;
  CHECK(tree.reader().look_at({263}).front().is_absent());
  fs::remove_all(tree.directory / "1");
  CHECK(tree.reader().look_at({263}).front().is_unknown());  // a /proc that hides processes
  CHECK(tree.reader().with_argument({"-xen-domid"}).is_unknown());
  CHECK(tree.reader().look_at({262}).front().is_known());
}

TEST_CASE("a process that ends while it is looked at is absent") {
  const Tree tree;
  const WhileReading reading(tree, [&] { fs::remove_all(tree.directory / "262"); });
  CHECK(tree.look().is_absent());
}

TEST_CASE("a pid that is given to another process gives that one, whole") {
  const Tree tree;
  const WhileReading reading(tree, [&] {
    tree.directory.write("262/stat.new", stat_line(262, 999));
    fs::rename(tree.directory / "262/stat.new", tree.directory / "262/stat");
    tree.directory.write("262/cmdline.new", "other\0"s);
    fs::rename(tree.directory / "262/cmdline.new", tree.directory / "262/cmdline");
  });
  const Fact<Process> process = tree.look();
  REQUIRE(process.is_known());
  CHECK(*process->start_ticks == 999);
  CHECK(*process->arguments == std::vector<std::string>{"other"});
}

TEST_CASE("a process that turns to another program is looked at again") {
  const Tree tree;
  const WhileReading reading(tree, [&] {
    tree.link("262/exe", "/bin/other");
    tree.directory.write("262/cmdline.new", "other\0"s);
    fs::rename(tree.directory / "262/cmdline.new", tree.directory / "262/cmdline");
  });
  const Fact<Process> process = tree.look();
  REQUIRE(process.is_known());
  CHECK(*process->executable == "/bin/other");
  CHECK(*process->arguments == std::vector<std::string>{"other"});
}

TEST_CASE("a process that is another one each time is unknown") {
  const Tree tree;
  const std::string pipe = tree.directory / "262/cmdline";
  fs::remove(pipe);
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::thread changer([&] {
    for (std::uint64_t i = 1; i <= 3; ++i) {
      const std::string fresh = tree.directory / "262/fresh";
      REQUIRE(mkfifo(fresh.c_str(), 0600) == 0);
      std::ofstream writer(pipe);
      tree.directory.write("262/stat.new", stat_line(262, 300 + i));
      fs::rename(tree.directory / "262/stat.new", tree.directory / "262/stat");
      fs::rename(fresh, pipe);  // so that the next reader waits for the next round
    }
  });
  const Fact<Process> process = tree.look();
  changer.join();
  REQUIRE(process.is_unknown());
  CHECK(process.reason() == "another process took its place each time it was read");
}

TEST_CASE("a command line is raw bytes, and unknown when it is too long") {
  const Tree tree;
  const std::string hostile = "-name\nUid:\t0\x1b[2J\"\\\xff" + std::string(100'000, 'A');
  tree.directory.write("262/cmdline", "qemu\0"s + hostile + "\0"s);
  CHECK(*tree.look()->arguments == std::vector<std::string>{"qemu", hostile});

  const std::size_t limit = kMaxCommandLine;
  tree.directory.write("262/cmdline", std::string(limit - 1, 'A') + "\0"s);
  CHECK(tree.look()->arguments->front().size() == limit - 1);
  tree.directory.write("262/cmdline", std::string(limit, 'A') + "\0"s);
  CHECK(tree.look()->arguments.is_unknown());
  CHECK(tree.look()->credentials.uids.is_known());
}

TEST_CASE("more descriptors or longer ones than there should be are unknown") {
  const Tree tree;
  for (int i = 100; i < 100 + 300; ++i) {
    tree.link("262/fd/" + std::to_string(i), "/" + std::string(4000, 'x'));
  }
  REQUIRE(std::size_t{300} * 4001 > kMaxDescriptorText);
  CHECK(tree.look()->descriptors.is_unknown());
}

TEST_CASE("what the kernel does not show of a process is unknown, the rest known") {
  const Tree tree;
  for (const char* name : {"262/cmdline", "262/status", "262/limits", "262/root"}) {
    fs::remove(tree.directory / name);
  }
  fs::remove_all(tree.directory / "262/ns");
  fs::remove_all(tree.directory / "262/fd");
  fs::remove_all(tree.directory / "262/task");
  fs::remove(tree.directory / "stat");
  const Fact<Process> process = tree.look();
  REQUIRE(process.is_known());
  CHECK(process->arguments.is_unknown());
  CHECK(process->credentials.uids.is_unknown());
  CHECK(process->credentials.no_new_privileges.is_unknown());
  CHECK(process->other_threads.is_unknown());
  CHECK(process->limits.is_unknown());
  CHECK(process->root.is_unknown());
  CHECK(process->namespaces.is_unknown());
  CHECK(process->descriptors.is_unknown());
  CHECK(process->started.is_unknown());
  CHECK(process->start_ticks.is_known());
  CHECK(process->executable.is_known());
  fs::remove(tree.directory / "262/exe");
  CHECK(tree.look()->executable.is_absent());  // a kernel thread has none
}

TEST_CASE("processes are found by a whole argument of theirs") {
  const Tree tree;
  const auto add = [&](Pid pid, const std::string& arguments) {
    const std::string name = std::to_string(pid);
    tree.directory.write(name + "/stat", stat_line(pid, 1));
    tree.directory.write(name + "/cmdline", arguments);
  };
  add(300, "qemu\0-xen-domid\0007\0"s);
  add(301, "grep\0x-xen-domid\0"s);
  add(302, "qemu\0-name\0-xen-domid 7\0"s);
  add(303, "");
  add(304, std::string(kMaxCommandLine + 1, 'A'));  // it may have one
  add(30, "other\0-xen-attach\0"s);
  tree.directory.write("305/stat", stat_line(305, 1));  // ended before it could be read
  tree.directory.write("sys/cmdline", "-xen-domid\0"s);
  const auto found = tree.reader().with_argument({"-xen-domid", "-xen-attach"});
  REQUIRE(found.is_known());
  CHECK(*found == std::vector<Pid>{30, 262, 300, 304});
  CHECK(tree.reader().with_argument({"-no-such"}) == Fact<std::vector<Pid>>({304}));
}

TEST_CASE("without a /proc everything is unknown") {
  const ScratchDirectory directory;
  ProcFilesystem reader(directory / "none", [] { return UnixSocketTable{}; });
  CHECK(reader.look_at({1}).front().is_unknown());
  CHECK(reader.with_argument({"x"}).is_unknown());
}

}  // namespace xsaudit
