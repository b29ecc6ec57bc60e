// What a guest can shape of a daemon's replies: numbers in permission entries, lists of any length,
// names and values. Played guests on real daemons; both ways of reading. None of it may cost more
// than the guest's own node.
#include <catch2/catch.hpp>

#include <map>
#include <set>

#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "store/access.h"
#include "support/guest_connection.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using Way = ReaderOptions::Way;

Snapshot read(Way way) {
  auto reader = open_reader({.way = way});
  REQUIRE(reader);
  auto store = read_live(**reader);
  if (!store) FAIL(store.error().text());
  return std::move(store).value();
}

std::string gaps(const Snapshot& store) {
  std::string text;
  for (const auto& gap : store.info().gaps) text += gap.place + ": " + gap.what + "\n";
  return text;
}

// A home that its guest owns, and nodes that are read after it.
void make_homes(XenstoreClient& control, const std::vector<Domid>& domids) {
  for (const Domid domid : domids) {
    const std::string home = "/local/domain/" + std::to_string(domid);
    control.write(home, "");
    control.set_permissions(home, "n" + std::to_string(domid));
  }
  for (int i = 0; i < 20; ++i) control.write("/zzz/" + std::to_string(i), "later");
}

void check_the_rest(const Snapshot& store) {
  for (int i = 0; i < 20; ++i) {
    const NodeId node = store.find("/zzz/" + std::to_string(i));
    REQUIRE(node != kNoNode);
    CHECK(store.value(node) == "later");
    CHECK(store.permissions(node) != nullptr);
  }
}

}  // namespace

// xenstore-common.h xenstore_strings_to_perms and oxenstored's perms.ml perm_of_string: what is
// taken, and how it is given out.
TEST_CASE("whatever number a guest gives an entry, it is read as the daemon keeps it") {
  struct Entry {
    const char* set;
    const char* cxenstored;
    const char* oxenstored;
    const char* through_libxenstore;  // of oxenstored's, 32 bits
  };
  const std::vector<Entry> kEntries = {
      {"r70000", "r70000", "r70000", "r70000"},
      {"r-5", "r-5", "r9223372036854775803", "r-5"},
      {"b4294967295", "b-1", "b4294967295", "b-1"},
      {"b4294967298", "b2", "b4294967298", "b2"},
      {"w2147483647", "w2147483647", "w2147483647", "w2147483647"},
      // C xenstored has room for ten digits and a letter only (MAX_STRLEN).
      {"r2147483648", "r-214748364", "r2147483648", "r-2147483648"},
      {"n4611686018427387903", "n-1", "n4611686018427387903", "n-1"},
      {"r0x5", "r5", "r5", "r5"},
  };
  with_each_daemon([&](RunningDaemon& daemon) {
    XenstoreClient control;
    make_homes(control, {1});
    GuestConnection guest(daemon, control, 1);
    for (std::size_t i = 0; i < kEntries.size(); ++i) {
      const std::string node = "n" + std::to_string(i);
      REQUIRE(guest.write(node, "").done());
      REQUIRE(guest.set_permissions(node, std::string("n1,") + kEntries[i].set).done());
    }
    for (const Way way : {Way::wire, Way::libxenstore}) {
      const Snapshot store = read(way);
      INFO(to_text(daemon.kind()) << (way == Way::wire ? " wire\n" : " libxenstore\n")
                                  << gaps(store));
      CHECK(store.info().complete());
      check_the_rest(store);
      for (std::size_t i = 0; i < kEntries.size(); ++i) {
        const auto* const list =
            store.permissions(store.find("/local/domain/1/n" + std::to_string(i)));
        REQUIRE(list != nullptr);
        const char* const kept = daemon.kind() == Daemon::cxenstored ? kEntries[i].cxenstored
                                 : way == Way::wire                  ? kEntries[i].oxenstored
                                                    : kEntries[i].through_libxenstore;
        CHECK(to_text(*list) == std::string("n1,") + kept);
      }
    }
  });
}

TEST_CASE("a number of more bits than a domid has is no domain's") {
  // 70000 is 65536 + 4464.
  const std::vector<std::string> kLists = {"n1,b70000",      "n1,b4294971760",  "n1,b-61072",
                                           "b1,n70000",      "n1,n70000,b4464", "n1,b4464,n70000",
                                           "n1,b4294967296", "b1,n-1",          "n1,b98293"};
  with_each_daemon([&](RunningDaemon& daemon) {
    XenstoreClient control;
    make_homes(control, {1});
    GuestConnection one(daemon, control, 1);
    GuestConnection other(daemon, control, 4464);
    for (std::size_t i = 0; i < kLists.size(); ++i) {
      const std::string node = "n" + std::to_string(i);
      REQUIRE(one.write(node, "").done());
      REQUIRE(one.set_permissions(node, kLists[i]).done());
    }
    const Snapshot store = read(Way::wire);
    const Access access(store, {{0}, {}, false});
    for (std::size_t i = 0; i < kLists.size(); ++i) {
      INFO(to_text(daemon.kind()) << " " << kLists[i]);
      const std::string path = "/local/domain/1/n" + std::to_string(i);
      const NodeId node = store.find(path);
      REQUIRE(node != kNoNode);
      CHECK(access.readers(node)->contains(4464) == other.read(path).done());
      CHECK(access.writers(node)->contains(4464) == other.write(path, "").done());
    }
  });
}

// oxenstored has no limit of entries, and prints -1 with 20 bytes: the reply is longer than any
// message of the protocol.
TEST_CASE("a permission list of any length costs its own node at most") {
  constexpr int kEntries = 1000;
  with_each_daemon([&](RunningDaemon& daemon) {
    if (daemon.kind() != Daemon::oxenstored) return;
    XenstoreClient control;
    make_homes(control, {1});
    GuestConnection guest(daemon, control, 1);
    std::string list = "n1";
    for (int i = 0; i < kEntries; ++i) list += ",r-1";
    for (const char* node : {"long", "longer"}) {
      REQUIRE(guest.write(node, "").done());
      REQUIRE(guest.set_permissions(node, list).done());
    }
    const Snapshot by_wire = read(Way::wire);
    INFO(gaps(by_wire));
    CHECK(by_wire.info().complete());
    check_the_rest(by_wire);
    const auto* const kept = by_wire.permissions(by_wire.find("/local/domain/1/long"));
    REQUIRE(kept != nullptr);
    CHECK(kept->size() == kEntries + 1);

    const Snapshot by_library = read(Way::libxenstore);
    check_the_rest(by_library);
    CHECK(gaps(by_library) ==
          "/local/domain/1/long: the permissions: it is larger than the daemon sends\n"
          "/local/domain/1/longer: the permissions: it is larger than the daemon sends\n");
  });
}

// libxenstore ends its connection when oxenstored sends a directory of more than 4,096 bytes.
TEST_CASE("a directory of any length costs its own children at most") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    make_homes(control, {1, 2});
    for (const Domid domid : {1, 2}) {
      GuestConnection guest(daemon, control, domid);
      // C xenstored limits the names together with the node.
      for (int i = 0; i < 30; ++i) {
        const bool done =
            guest.write("data/" + std::string(150, 'x') + std::to_string(i), "").done();
        CHECK((done || daemon.kind() == Daemon::cxenstored));
      }
    }
    CHECK(read(Way::wire).info().complete());
    const Snapshot store = read(Way::libxenstore);
    check_the_rest(store);
    INFO(to_text(daemon.kind()));
    if (daemon.kind() == Daemon::cxenstored) {
      CHECK(gaps(store).empty());
      return;
    }
    CHECK(gaps(store) ==
          "/local/domain/1/data: the children: it is larger than the daemon sends\n"
          "/local/domain/2/data: the children: it is larger than the daemon sends\n");
    CHECK(store.info().consistency == Consistency::one_moment);
    CHECK(store.presence("/local/domain/1/data/x") == Presence::unknown);
    CHECK(store.presence("/local/domain/1/x") == Presence::absent);
  });
}

// With libxenstore n4294967298 becomes n2 on the way, in front of what domain 2 may do.
TEST_CASE("numbers that libxenstore cuts hide nothing") {
  with_each_daemon([](RunningDaemon& daemon) {
    if (daemon.kind() != Daemon::oxenstored) return;
    XenstoreClient control;
    make_homes(control, {1});
    GuestConnection one(daemon, control, 1);
    GuestConnection two(daemon, control, 2);
    REQUIRE(one.write("open", "").done());
    REQUIRE(one.set_permissions("open", "n1,n4294967298,b2").done());
    REQUIRE(two.write("/local/domain/1/open", "by another").done());
    const Snapshot by_wire = read(Way::wire);
    CHECK(Access(by_wire, {}).writers(by_wire.find("/local/domain/1/open"))->contains(2));
    const Snapshot by_library = read(Way::libxenstore);
    CHECK(by_library.permissions(by_library.find("/local/domain/1/open")) == nullptr);
    CHECK(by_library.info().gap_count == 1);
    check_the_rest(by_library);
  });
}

// Neither daemon of Xen 4.17 knows DOMID_ANY, C xenstored does from Xen 4.22 on; a guest sets an
// entry for it all the same. The question must not cost the connection.
TEST_CASE("a guest's entry for every domain gives what the daemon gives for it") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    make_homes(control, {1});
    GuestConnection one(daemon, control, 1);
    GuestConnection two(daemon, control, 2);
    REQUIRE(one.write("open", "").done());
    REQUIRE(one.set_permissions("open", "n1,b32757").done());
    const bool known = two.write("/local/domain/1/open", "").done();
    const Snapshot store = read(Way::wire);
    INFO(to_text(daemon.kind()));
    CHECK(store.info().complete());
    const bool asked = daemon.kind() == Daemon::cxenstored;
    CHECK(store.info().any_domid == (asked ? std::optional(known) : std::nullopt));
    const Access access(store, {{0}, {}, store.info().any_domid});
    CHECK(access.writers(store.find("/local/domain/1/open"))->contains(2) == known);
  });
}

// Names and values as strange as a daemon takes them from a guest, which change while the store is
// read: they come in lists, in replies and in the events of a watch.
TEST_CASE("names and values of a guest cost nothing") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    make_homes(control, {1});
    GuestConnection guest(daemon, control, 1);
    std::set<std::string> taken;
    const std::vector<std::string> kNames = {"@x",
                                             "@releaseDomain",
                                             "-",
                                             "--",
                                             "@",
                                             "data/@/@@",
                                             "0",
                                             "00",
                                             "-1",
                                             "a//b",
                                             "a/",
                                             "/local/domain/1/abs",
                                             "a b",
                                             "..",
                                             "x.y",
                                             "\x80",
                                             "a=\"b\"",
                                             "(n0)",
                                             "\n",
                                             "@releaseDomain/1",
                                             "data/" + std::string(900, 'y'),
                                             std::string(2000, 'z')};
    auto reader = open_reader({.way = Way::wire});
    REQUIRE(reader);
    REQUIRE((*reader)->watch(Watched::everything));
    for (const std::string& name : kNames) {
      if (!guest.write(name, std::string("\0\xff\n=\"(n0)", 9)).done()) continue;
      taken.insert(name.starts_with('/') || name.starts_with('@') ? name
                                                                  : "/local/domain/1/" + name);
      guest.set_permissions(name, "b1,r-7,w70000");
    }
    CHECK(taken.size() >= 8);
    const auto changes = (*reader)->changes();
    REQUIRE(changes);
    CHECK_FALSE(changes->all);
    CHECK(changes->paths.size() >= 8);
    const Snapshot by_wire = read(Way::wire);
    const Snapshot by_library = read(Way::libxenstore);
    for (const Snapshot* const one : {&by_wire, &by_library}) {
      const Snapshot& store = *one;
      INFO(to_text(daemon.kind()) << gaps(store));
      CHECK(store.info().complete());
      check_the_rest(store);
      for (const std::string& path : taken) {
        INFO(path);
        CHECK(store.find(path) != kNoNode);
      }
    }
  });
}

}  // namespace xsaudit
