// Real daemons under the live source: what was recorded is what is walked.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "source/live/libxenstore_reader.h"
#include "source/live/live_source.h"
#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"
#include "support/printed_by.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"
#include "support/xenstore_ls.h"

namespace xsaudit {
namespace {

Snapshot recording(const std::string& name) {
  const std::string path = XSAUDIT_SOURCE_DIR "/tests/dumps/" + name;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  auto store = read_dump(file, name);
  ::close(file);
  REQUIRE(store);
  REQUIRE(store->info().complete());
  return std::move(store).value();
}

Snapshot walked() {
  auto reader = LibxenstoreReader::open();
  REQUIRE(reader);
  auto store = read_live(**reader);
  REQUIRE(store);
  for (const auto& gap : store->info().gaps) FAIL_CHECK(gap.place << ": " << gap.what);
  CHECK(store->info().complete());
  return std::move(store).value();
}

// Path, value and permissions of every node below "/", in order; the special nodes, which only one
// of the daemons lists, are left out.
std::vector<std::string> nodes(const Snapshot& store) {
  std::vector<std::string> out;
  for (NodeId node = 1; node < store.size(); ++node) {
    if (store.name(node).front() == '@') continue;
    REQUIRE(store.value_unknown(node) == UnknownReason::known);
    REQUIRE(store.permissions(node) != nullptr);
    REQUIRE(store.children_unknown(node) == UnknownReason::known);
    out.push_back(store.path(node) + " = \"" + escaped_by_client(store.value(node)) + "\" (" +
                  to_text(*store.permissions(node)) + ")");
  }
  return out;
}

// What only one of two stores has, each line marked.
std::vector<std::string> differences(const Snapshot& left, const Snapshot& right) {
  std::vector<std::string> out;
  const auto list = [&](char mark, std::vector<std::string> of, std::vector<std::string> other) {
    std::sort(of.begin(), of.end());
    std::sort(other.begin(), other.end());
    std::vector<std::string> only;
    std::set_difference(of.begin(), of.end(), other.begin(), other.end(), std::back_inserter(only));
    for (const std::string& line : only) out.push_back(mark + line);
  };
  list('<', nodes(left), nodes(right));
  list('>', nodes(right), nodes(left));
  return out;
}

bool same_order(const Snapshot& left, const Snapshot& right) { return nodes(left) == nodes(right); }

}  // namespace

TEST_CASE("a recording loaded into either daemon is walked as it was recorded") {
  for (const char* name : {"cxenstored-01-2pv-vif-vbd.fp.txt", "cxenstored-34-fill-data.fp.txt",
                           "oxenstored-01-2pv-vif-vbd.fp.txt", "oxenstored-34-fill-data.fp.txt"}) {
    with_each_daemon([&](RunningDaemon& daemon) {
      INFO(to_text(daemon.kind()) << " with " << name);
      const Snapshot recorded = recording(name);
      XenstoreClient().load(recorded);
      const Snapshot live = walked();
      for (const auto& line : differences(live, recorded)) FAIL_CHECK(line);
      // A daemon of the kind that was recorded also keeps the order.
      const bool of_c = name[0] == 'c';
      if (of_c == (daemon.kind() == Daemon::cxenstored)) CHECK(same_order(live, recorded));

      REQUIRE(live.permissions(kRootNode) != nullptr);
      CHECK(to_text(*live.permissions(kRootNode)) == "n0");
      for (const char* special : {"/@introduceDomain", "/@releaseDomain"}) {
        const NodeId node = live.find(special);
        REQUIRE(node != kNoNode);
        if (live.permissions(node) != nullptr) {
          // From Xen 4.22 on every guest may watch for the end of others.
          const std::string list = to_text(*live.permissions(node));
          CHECK((list == "n0" || list == "n0,r32757"));
        } else {  // C xenstored before Xen 4.18
          CHECK(daemon.kind() == Daemon::cxenstored);
          CHECK(live.permissions_unknown(node) == UnknownReason::not_given);
        }
      }
    });
  }
}

TEST_CASE("what xenstore-ls prints of a daemon is read as the daemon is walked") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    control.load(recording("cxenstored-34-fill-data.fp.txt"));
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    control.write("/vm/every-byte", every_byte);
    control.write("/vm/fake", "\"   (b1)\n/vm = \"\"   (n0)");
    const auto recorded = read_dump_text(printed_by("xenstore-ls -fp"), "xenstore-ls");
    REQUIRE(recorded);
    CHECK(recorded->info().complete());
    const Snapshot live = walked();
    for (const auto& line : differences(live, *recorded)) FAIL_CHECK(line);
    CHECK(same_order(live, *recorded));
    CHECK(live.value(live.find("/vm/every-byte")) == every_byte);
    CHECK(write_listing(live) == printed_by("xenstore-ls -fp"));
  });
}

// Domain 2 has a home and domain 7 a right, but neither a connection; domain 5 has nothing but its
// entry in a list, as a driver domain may have while it starts.
TEST_CASE("each daemon says which of the domains that a store mentions are introduced") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    for (const Domid domid : {1U, 5U, 9U}) {
      daemon.make_ring(domid);
      control.introduce(domid);
    }
    control.write("/local/domain/1/name", "");
    control.write("/local/domain/2/name", "");
    control.set_permissions("/local", "n0,r5,r7");
    CHECK(walked().info().introduced == std::vector<Domid>{0, 1, 5});
  });
}

TEST_CASE("a directory that fits no message is not taken for a small one") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    static constexpr int kChildren = 1100;
    for (int i = 0; i < kChildren; ++i) control.write("/large/child" + std::to_string(i), "");
    auto reader = LibxenstoreReader::open();
    REQUIRE(reader);
    const auto store = read_live(**reader);
    REQUIRE(store);
    std::size_t children = 0;
    const NodeId large = store->find("/large");
    REQUIRE(large != kNoNode);
    for (NodeId child = store->first_child(large); child != kNoNode;
         child = store->next_sibling(child))
      ++children;
    if (store->children_unknown(large) == UnknownReason::known) CHECK(children == kChildren);
    CHECK(store->info().complete() == (children == kChildren));
  });
}

TEST_CASE("a daemon that is gone is an error") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    auto reader = LibxenstoreReader::open();
    REQUIRE(reader);
    daemon.die();
    const auto store = read_live(**reader);
    REQUIRE_FALSE(store);
    CHECK(store.error().text().find("live store: '/' cannot be listed: the connection was lost") ==
          0);
    CHECK_FALSE(LibxenstoreReader::open());
  });
}

}  // namespace xsaudit
