#include "store/access.h"

#include <catch2/catch.hpp>

#include <limits>

#include "store/domain_set.h"
#include "store/make_snapshot.h"

namespace xsaudit {
namespace {

DomainSet readers(const std::string& list, const AccessOptions& options = {},
                  Daemon daemon = Daemon::unknown) {
  const Snapshot store = make_snapshot({{"/a", list}}, daemon);
  return *Access(store, options).readers(1);
}
DomainSet writers(const std::string& list, const AccessOptions& options = {},
                  Daemon daemon = Daemon::unknown) {
  const Snapshot store = make_snapshot({{"/a", list}}, daemon);
  return *Access(store, options).writers(1);
}

TEST_CASE("the owner may do everything, whatever the first letter is") {
  for (const char* list : {"n5", "r5", "w5", "b5"}) {
    INFO(list);
    CHECK(readers(list).contains(5));
    CHECK(writers(list).contains(5));
  }
}

TEST_CASE("the first letter is what every domain without an entry may do") {
  CHECK(readers("n0").empty());
  CHECK(readers("n5") == DomainSet::of({5}));
  CHECK(readers("r0") == DomainSet::all_but({0}));
  CHECK(writers("r0").empty());
  CHECK(writers("b14") == DomainSet::all_but({0}));
  CHECK(readers("w5") == DomainSet::of({5}));
  CHECK(readers("r0,n3") == DomainSet::all_but({0, 3}));
}

TEST_CASE("the first entry for a domain decides, later ones are dead text") {
  CHECK(readers("n0,n3,b3") == DomainSet());
  CHECK(writers("n0,r3,b3") == DomainSet());
  CHECK(writers("n0,b3,n3") == DomainSet::of({3}));
  CHECK(writers("n3,n3") == DomainSet::of({3}));  // an owner's own entry takes nothing from it
}

TEST_CASE("privileged domains are never listed") {
  CHECK(writers("n0,b0,b7", {{0, 7}, {}, false}).empty());
  CHECK(writers("b3", {{0, 7}, {}, false}) == DomainSet::all_but({0, 7}));
  CHECK(writers("n0", {{}, {}, false}) == DomainSet::of({0}));
}

TEST_CASE("a stale entry grants nothing and takes nothing") {
  SnapshotBuilder builder;
  Permissions list = *parse_permissions("r0,n7,b8");
  list[1].stale = list[2].stale = true;
  builder.set_permissions(builder.at("/a"), list);
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  const Access access(store, {});
  CHECK(*access.readers(1) == DomainSet::all_but({0}));
  CHECK(access.writers(1)->empty());
}

// A guest chooses the numbers: one that stands for no domain must give nothing to any.
TEST_CASE("a number that no domain can have is no domain, and counts as nothing else") {
  const std::string never = std::to_string(std::numeric_limits<Domid>::max());
  for (const Daemon daemon : {Daemon::cxenstored, Daemon::oxenstored, Daemon::unknown}) {
    for (const std::string number : {"70000", "-5", "4294967295", "4294967299", "32752", "65535",
                                     "9223372036854775803", never.c_str()}) {
      INFO(to_text(daemon) << " " << number);
      CHECK(writers("n5,b" + number, {}, daemon) == DomainSet::of({5}));
      CHECK(writers("n" + number, {}, daemon).empty());
      CHECK(writers("b5,n" + number, {}, daemon) == DomainSet::all_but({0}));
      // It does not stand in front of a domain's own entry.
      CHECK(writers("n5,n" + number + ",b3", {}, daemon) == DomainSet::of({3, 5}));
    }
  }
}

TEST_CASE("DOMID_ANY is no domain if the daemon does not know it") {
  const AccessOptions ignores{{0}, {}, false};
  const AccessOptions knows{{0}, {}, true};
  const AccessOptions unknown;
  CHECK(readers("n0,r32757", ignores).empty());
  CHECK(readers("n0,r32757", knows) == DomainSet::all_but({0}));
  CHECK(readers("n0,r32757", knows, Daemon::oxenstored).empty());
  CHECK(readers("n0,n3,r32757", knows, Daemon::cxenstored) == DomainSet::all_but({0, 3}));
  CHECK(readers("n0,r32757,n3", knows, Daemon::cxenstored) == DomainSet::all_but({0}));
  CHECK(readers("r0,n32757", knows, Daemon::cxenstored).empty());
  CHECK(writers("n32757", knows, Daemon::cxenstored) == DomainSet::all_but({0}));
  // Where that is not known, whatever either would let them.
  CHECK(readers("n0,r32757", unknown, Daemon::cxenstored) == DomainSet::all_but({0}));
  CHECK(readers("n0,r32757", unknown, Daemon::oxenstored).empty());
  CHECK(readers("r0,n32757", unknown, Daemon::cxenstored) == DomainSet::all_but({0}));
  CHECK(readers("n0,n32757,r3", unknown, Daemon::cxenstored) == DomainSet::of({3}));
  CHECK(readers("n0,n32757,r3", knows, Daemon::cxenstored).empty());
}

TEST_CASE("a stub domain may do what its target may") {
  const AccessOptions stub{{0}, {{9, 4}}, false};
  for (const Daemon daemon : {Daemon::cxenstored, Daemon::oxenstored, Daemon::unknown}) {
    CHECK(writers("n4", stub, daemon) == DomainSet::of({4, 9}));
    CHECK(writers("n0,b4", stub, daemon) == DomainSet::of({4, 9}));
    CHECK(writers("n9", stub, daemon) == DomainSet::of({9}));  // not the other way round
    CHECK(readers("n0,r4", stub, daemon) == DomainSet::of({4, 9}));
  }
}

TEST_CASE("where a stub domain and its target both count, the daemons differ") {
  const AccessOptions stub{{0}, {{9, 4}}, false};
  // C xenstored takes whichever entry is listed first.
  CHECK(writers("n0,n9,b4", stub, Daemon::cxenstored) == DomainSet::of({4}));
  CHECK(writers("n0,b4,n9", stub, Daemon::cxenstored) == DomainSet::of({4, 9}));
  CHECK(readers("r0,n4", stub, Daemon::cxenstored) == DomainSet::all_but({0, 4, 9}));
  // oxenstored asks for each by itself, and one yes is enough.
  CHECK(writers("n0,n9,b4", stub, Daemon::oxenstored) == DomainSet::of({4, 9}));
  CHECK(readers("r0,n4", stub, Daemon::oxenstored) == DomainSet::all_but({0, 4}));
  // Not knowing which, the wider answer.
  CHECK(writers("n0,n9,b4", stub) == DomainSet::of({4, 9}));
  CHECK(readers("r0,n4", stub) == DomainSet::all_but({0, 4}));
}

TEST_CASE("who may write a directory removes all that is below it, and cannot make it again") {
  const Snapshot store = make_snapshot(
      {{"/", "r0"}, {"/device", "n0,r1"}, {"/device/0", "n1,r0"}, {"/device/0/mtu", "n0,r1"}});
  const Access access(store, {});
  const NodeId mtu = store.find("/device/0/mtu");
  CHECK(access.writers(mtu)->empty());
  CHECK(*access.removers(mtu) == DomainSet::of({1}));
  CHECK(access.controllers(mtu)->empty());
  CHECK(access.removed_through(mtu, 1) == store.find("/device/0"));
  CHECK(access.controlled_through(mtu, 1) == kNoNode);
  CHECK(access.removed_through(mtu, 2) == kNoNode);
}

TEST_CASE("who may write a node and its parent decides what is below them") {
  const Snapshot store = make_snapshot({{"/domain", "n0,r1"},
                                        {"/domain/1", "n1,r0"},
                                        {"/domain/1/store", "b0"},
                                        {"/domain/1/store/port", "n0,r1"}});
  const Access access(store, {});
  const NodeId port = store.find("/domain/1/store/port");
  CHECK(access.writers(port)->empty());
  CHECK(*access.controllers(port) == DomainSet::of({1}));
  CHECK(*access.removers(port) == DomainSet::all_but({0}));
  CHECK(access.controlled_through(port, 1) == store.find("/domain/1/store"));
  CHECK(access.controlled_through(port, 2) == kNoNode);
  CHECK(access.removed_through(port, 1) == store.find("/domain/1"));
  CHECK(access.removed_through(port, 2) == store.find("/domain/1/store"));
}

TEST_CASE("a node of unknown permissions has no answer and closes the way for nobody else") {
  const Snapshot store = make_snapshot({{"/a", ""}, {"/a/b", "n3"}, {"/a/b/c", "n3"}});
  const Access access(store, {});
  const NodeId a = store.find("/a");
  CHECK(access.readers(a) == nullptr);
  CHECK(access.writers(a) == nullptr);
  CHECK(access.removers(a) == nullptr);
  CHECK(access.controllers(a) == nullptr);
  CHECK(access.removers(kRootNode) == nullptr);
  CHECK(*access.removers(store.find("/a/b")) == DomainSet::of({3}));
  CHECK(*access.controllers(store.find("/a/b/c")) == DomainSet::of({3}));
}

TEST_CASE("nobody removes the root, but oxenstored empties it for who may write it") {
  const auto nodes = {PathAndPermissions{"/", "n3"}, PathAndPermissions{"/a", "n0"}};
  for (const Daemon daemon : {Daemon::cxenstored, Daemon::oxenstored, Daemon::unknown}) {
    const Snapshot store = make_snapshot(nodes, daemon);
    const Access access(store, {});
    const bool empties = daemon != Daemon::cxenstored;
    CHECK(access.removers(kRootNode)->empty());
    CHECK(access.removed_through(kRootNode, 3) == kNoNode);
    CHECK(*access.controllers(kRootNode) == DomainSet::of({3}));
    CHECK(access.removers(1)->contains(3) == empties);
    CHECK(access.controllers(1)->contains(3) == empties);
    CHECK(access.removed_through(1, 3) == (empties ? kRootNode : kNoNode));
    CHECK(access.controlled_through(1, 3) == (empties ? kRootNode : kNoNode));
  }
}

TEST_CASE("domains that come together on a long way are bounded, on the safe side") {
  // Each level adds one writer: n0,b1 then n0,b2 and so on.
  constexpr Domid kLevels = 1000;
  SnapshotBuilder builder;
  NodeId node = kRootNode;
  for (Domid level = 1; level <= kLevels; ++level) {
    node = builder.child(node, "d");
    builder.set_permissions(node, *parse_permissions("n0,b" + std::to_string(level)));
  }
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  const Access access(store, {});
  const DomainSet& few = *access.removers(NodeId{DomainSetTable::kMaxListed});
  CHECK_FALSE(few.everyone_else());
  CHECK(few.size() == DomainSetTable::kMaxListed);
  for (NodeId at = DomainSetTable::kMaxListed + 1; at < store.size(); ++at) {
    REQUIRE(*access.removers(at) == DomainSet::all_but({0}));
    // Whoever is in a set has a node to name for it.
    REQUIRE(access.removed_through(at, 7) == 7);
    REQUIRE(access.removed_through(at, 30000) == DomainSetTable::kMaxListed + 1);
  }
  CHECK(*access.writers(kLevels) == DomainSet::of({kLevels}));
}

TEST_CASE("a list as long as a message holds is worked out") {
  Permissions list = *parse_permissions("n0");
  for (Domid domid = 1; domid <= 1300; ++domid)
    list.push_back(*parse_permission_entry("b" + std::to_string(domid)));
  SnapshotBuilder builder;
  builder.set_permissions(builder.at("/a"), list);
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  const Access access(store, {});
  CHECK(access.writers(1)->size() == 1300);
  CHECK(*access.removers(1) == *access.writers(1));
}

}  // namespace
}  // namespace xsaudit
