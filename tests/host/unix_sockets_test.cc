#include "host/facts/peer_by_pidfd.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

std::uint32_t inode_of(int descriptor) {
  struct stat status {};
  REQUIRE(fstat(descriptor, &status) == 0);
  return static_cast<std::uint32_t>(status.st_ino);
}

struct Address {
  explicit Address(const std::string& name) {
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
  sockaddr_un address{};
  socklen_t size = 0;
};

int unix_socket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

}  // namespace

TEST_CASE("the other end of a connection is found, with the name it is bound to") {
  ScratchDirectory directory;
  using namespace std::string_literals;
  const std::vector<std::string> names = {"\0xsaudit-test-abstract"s, directory / "socket",
                                          directory / "odd\n\x1b\xff"};
  const std::string& name = names[GENERATE(0U, 1U, 2U)];
  const Address address(name);
  const int listening = unix_socket();
  REQUIRE(bind(listening, address.get(), address.size) == 0);
  REQUIRE(listen(listening, 8) == 0);
  const int client = unix_socket();
  REQUIRE(connect(client, address.get(), address.size) == 0);
  const int late = unix_socket();
  REQUIRE(connect(late, address.get(), address.size) == 0);
  const int accepted = accept(listening, nullptr, nullptr);
  REQUIRE(accepted >= 0);
  const int alone = unix_socket();

  const Fact<UnixSocketTable> table = read_unix_sockets();
  REQUIRE(table.is_known());
  const auto row = [&](int descriptor) { return table->at(inode_of(descriptor)); };
  CHECK(row(client).peer == Fact<std::uint32_t>(inode_of(accepted)));
  CHECK(row(accepted).peer == Fact<std::uint32_t>(inode_of(client)));
  CHECK(row(accepted).name == name);
  CHECK(row(listening).name == name);
  CHECK(row(client).name.empty());
  CHECK(row(listening).peer.is_absent());
  CHECK(row(alone).peer.is_absent());
  CHECK(row(late).peer.is_unknown());  // still in the listener's queue
  for (const int descriptor : {listening, client, late, accepted, alone}) close(descriptor);
}

TEST_CASE("both ends of a pair are bound to nothing") {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  const Fact<UnixSocketTable> table = read_unix_sockets();
  REQUIRE(table.is_known());
  CHECK(table->at(inode_of(pair[0])).peer == Fact<std::uint32_t>(inode_of(pair[1])));
  CHECK(table->at(inode_of(pair[1])).name.empty());
  close(pair[0]);
  close(pair[1]);
}

TEST_CASE("many sockets come in many answers") {
  std::vector<int> sockets;
  for (int i = 0; i < 3000; ++i) sockets.push_back(unix_socket());
  const Fact<UnixSocketTable> table = read_unix_sockets();
  REQUIRE(table.is_known());
  std::size_t found = 0;
  for (const int descriptor : sockets) {
    found += table->count(inode_of(descriptor));
    close(descriptor);
  }
  CHECK(found == sockets.size());
}

TEST_CASE("a socket of another protocol is not among them") {
  const int inet = socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(inet >= 0);
  CHECK(read_unix_sockets()->count(inode_of(inet)) == 0);
  close(inet);
}

}  // namespace xsaudit
