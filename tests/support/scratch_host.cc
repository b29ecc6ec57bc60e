#include "support/scratch_host.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

namespace xsaudit {
namespace {

void make_devices() {
  REQUIRE(mount("tmpfs", "/dev", "tmpfs", 0, "mode=755") == 0);
  REQUIRE(mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3)) == 0);
  REQUIRE(mknod("/dev/urandom", S_IFCHR | 0666, makedev(1, 9)) == 0);
  REQUIRE(mkdir("/dev/xen", 0755) == 0);
  for (const char* name : {"privcmd", "hypercall", "evtchn", "gntdev", "xenbus"}) {
    std::ofstream(std::string("/dev/xen/") + name);
  }
}

int listen_at(const char* path) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string(path).copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(descriptor, 64) == 0);
  return descriptor;
}

}  // namespace

ScratchHost::ScratchHost(const std::string& users)
    : real_mounts_(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)) {
  const std::string passwd = directory_.write("passwd", contents_of("/etc/passwd") + users);
  REQUIRE(unshare(CLONE_NEWNS) == 0);
  REQUIRE(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
  REQUIRE(mount(passwd.c_str(), "/etc/passwd", nullptr, MS_BIND, nullptr) == 0);
  REQUIRE(mount("tmpfs", "/run", "tmpfs", 0, "mode=755") == 0);
  REQUIRE(mkdir("/run/xen", 0755) == 0);
  REQUIRE(mkdir("/run/xenstored", 0755) == 0);
  make_devices();
  listening_ = listen_at(kStoreSocket);
}

ScratchHost::~ScratchHost() {
  for (const int connection : accepted_) close(connection);
  close(listening_);
  setns(real_mounts_, CLONE_NEWNS);
  close(real_mounts_);
}

void ScratchHost::accept_connections() {
  int connection = -1;
  while ((connection = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
    accepted_.push_back(connection);
  }
}

}  // namespace xsaudit
