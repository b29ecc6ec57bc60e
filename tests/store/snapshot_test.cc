#include "store/snapshot.h"

#include <catch2/catch.hpp>

#include "store/make_snapshot.h"

namespace xsaudit {
namespace {

TEST_CASE("an empty store has the root alone") {
  const Snapshot store = make_snapshot({});
  CHECK(store.size() == 1);
  CHECK(store.path(kRootNode) == "/");
  CHECK(store.name(kRootNode).empty());
  CHECK(store.depth(kRootNode) == 0);
  CHECK(store.parent(kRootNode) == kNoNode);
  CHECK(store.first_child(kRootNode) == kNoNode);
  CHECK(store.next_sibling(kRootNode) == kNoNode);
  CHECK(store.subtree_end(kRootNode) == 1);
  CHECK(store.find("/") == kRootNode);
  CHECK(store.find("/a") == kNoNode);
}

TEST_CASE("a node is found by its path, and knows where it is") {
  const Snapshot store = make_snapshot({{"/a", ""}, {"/a/b", ""}, {"/a/c", ""}, {"/d", ""}});
  REQUIRE(store.size() == 5);
  const NodeId a = store.find("/a");
  const NodeId b = store.find("/a/b");
  const NodeId c = store.find("/a/c");
  const NodeId d = store.find("/d");
  CHECK(store.path(c) == "/a/c");
  CHECK(store.name(c) == "c");
  CHECK(store.depth(c) == 2);
  CHECK(store.parent(c) == a);
  CHECK(store.first_child(kRootNode) == a);
  CHECK(store.next_sibling(a) == d);
  CHECK(store.next_sibling(d) == kNoNode);
  CHECK(store.first_child(a) == b);
  CHECK(store.next_sibling(b) == c);
  CHECK(store.next_sibling(c) == kNoNode);
  CHECK(store.first_child(c) == kNoNode);
  CHECK(store.subtree_end(a) == d);
  CHECK(store.subtree_end(kRootNode) == 5);
  CHECK(store.child(a, "c") == c);
  CHECK(store.child(a, store.name_id(c)) == c);
  CHECK(store.child(a, "d") == kNoNode);        // a name that the store has elsewhere
  CHECK(store.child(a, "nothing") == kNoNode);  // one that it has nowhere
  CHECK(store.child(a, kNoString) == kNoNode);
}

TEST_CASE("a node below nothing is not found, its nearest ancestor is") {
  const Snapshot store = make_snapshot({{"/a", ""}, {"/a/b", ""}});
  CHECK(store.find("/a/b/c/d") == kNoNode);
  CHECK(store.find("/b") == kNoNode);
  CHECK(store.nearest("/a/b/c/d") == store.find("/a/b"));
  CHECK(store.nearest("/a/x/b") == store.find("/a"));
  CHECK(store.nearest("/x") == kRootNode);
  CHECK(store.nearest("/") == kRootNode);
  CHECK(store.nearest("/a/b") == store.find("/a/b"));
}

TEST_CASE("the same name below different parents is different nodes") {
  const Snapshot store =
      make_snapshot({{"/a/x", "n1"}, {"/b/x", "n2"}, {"/x/x", "n3"}, {"/x", "n4"}});
  CHECK(to_text(*store.permissions(store.find("/a/x"))) == "n1");
  CHECK(to_text(*store.permissions(store.find("/b/x"))) == "n2");
  CHECK(to_text(*store.permissions(store.find("/x/x"))) == "n3");
  CHECK(to_text(*store.permissions(store.find("/x"))) == "n4");
  CHECK(store.name_id(store.find("/a/x")) == store.name_id(store.find("/b/x")));
}

TEST_CASE("equal permission lists are kept once, unequal ones apart") {
  const Snapshot store = make_snapshot(
      {{"/a", "n0,r1"}, {"/b", "n0,r1"}, {"/c", "r1,n0"}, {"/d", "n0,r1,r1"}, {"/e", ""}});
  const auto id = [&](const char* path) { return store.permissions_id(store.find(path)); };
  CHECK(id("/a") == id("/b"));
  CHECK(id("/a") != id("/c"));
  CHECK(id("/a") != id("/d"));
  CHECK(id("/e") == kNoPermissions);
  CHECK(store.permissions(store.find("/e")) == nullptr);
  CHECK(store.permission_lists() == 3);
  CHECK(to_text(store.permissions_of(id("/d"))) == "n0,r1,r1");
}

TEST_CASE("a stale entry is not the same as one that counts") {
  SnapshotBuilder builder;
  Permissions list = *parse_permissions("n0,b7");
  builder.set_permissions(builder.at("/a"), list);
  list[1].stale = true;
  builder.set_permissions(builder.at("/b"), list);
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  CHECK_FALSE(store.permissions(store.find("/a"))->at(1).stale);
  CHECK(store.permissions(store.find("/b"))->at(1).stale);
}

TEST_CASE("presence: absent only where the children of the nearest ancestor are known") {
  SnapshotBuilder builder;
  builder.set_children(builder.at("/whole"), UnknownReason::known);
  builder.set_children(builder.at("/whole/closed"), UnknownReason::unreadable);
  builder.at("/whole/closed/seen");
  builder.set_children(kRootNode, UnknownReason::filtered);
  const Snapshot store = std::move(builder).finish({}, UnknownReason::not_recorded);

  UnknownReason why = UnknownReason::known;
  CHECK(store.presence("/") == Presence::present);
  CHECK(store.presence("/whole", &why) == Presence::present);
  CHECK(store.presence("/whole/closed/seen", &why) == Presence::present);
  CHECK(store.presence("/whole/nothing", &why) == Presence::absent);
  CHECK(store.presence("/whole/nothing/below", &why) == Presence::absent);
  CHECK(why == UnknownReason::known);

  CHECK(store.presence("/whole/closed/nothing", &why) == Presence::unknown);
  CHECK(why == UnknownReason::unreadable);
  CHECK(store.presence("/whole/closed/nothing/below", &why) == Presence::unknown);
  CHECK(why == UnknownReason::unreadable);
  CHECK(store.presence("/whole/closed/seen/nothing", &why) == Presence::unknown);
  CHECK(why == UnknownReason::not_recorded);
  CHECK(store.presence("/elsewhere/x", &why) == Presence::unknown);
  CHECK(why == UnknownReason::filtered);
  CHECK(store.presence("/elsewhere") == Presence::unknown);
}

TEST_CASE("a value is known, and may be empty, or unknown with a reason") {
  SnapshotBuilder builder;
  builder.set_value(builder.at("/known"), std::string_view("a\0b\n\xff", 5));
  builder.set_value(builder.at("/empty"), "");
  builder.set_value_unknown(builder.at("/cut"), UnknownReason::cut);
  builder.at("/implied/child");
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  const auto unknown = [&](const char* path) { return store.value_unknown(store.find(path)); };
  CHECK(store.value(store.find("/known")) == std::string_view("a\0b\n\xff", 5));
  CHECK(unknown("/known") == UnknownReason::known);
  CHECK(unknown("/empty") == UnknownReason::known);
  CHECK(unknown("/cut") == UnknownReason::cut);
  CHECK(store.value(store.find("/cut")).empty());
  CHECK(unknown("/implied") == UnknownReason::not_recorded);
  CHECK(unknown("/") == UnknownReason::not_recorded);
  CHECK(store.permissions_unknown(store.find("/known")) == UnknownReason::not_recorded);
}

TEST_CASE("a chain of thousands of levels is an ordinary tree") {
  constexpr std::size_t kLevels = 20'000;
  SnapshotBuilder builder;
  NodeId node = kRootNode;
  for (std::size_t level = 0; level < kLevels; ++level) node = builder.child(node, "d");
  builder.child(kRootNode, "last");
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  REQUIRE(store.size() == kLevels + 2);
  const auto deepest = static_cast<NodeId>(kLevels);
  CHECK(store.depth(deepest) == kLevels);
  CHECK(store.path(deepest).size() == 2 * kLevels);
  CHECK(store.find(store.path(deepest)) == deepest);
  CHECK(store.subtree_end(1) == kLevels + 1);
  CHECK(store.next_sibling(1) == store.find("/last"));
}

TEST_CASE("a node with very many children is an ordinary node") {
  constexpr std::size_t kChildren = 200'000;
  SnapshotBuilder builder;
  const NodeId parent = builder.at("/parent");
  for (std::size_t i = 0; i < kChildren; ++i) builder.child(parent, std::to_string(i));
  builder.at("/after");
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  std::size_t seen = 0;
  const NodeId top = store.find("/parent");
  for (NodeId child = store.first_child(top); child != kNoNode; child = store.next_sibling(child)) {
    REQUIRE(store.name(child) == std::to_string(seen));
    REQUIRE(store.child(top, std::to_string(seen)) == child);
    ++seen;
  }
  CHECK(seen == kChildren);
}

}  // namespace
}  // namespace xsaudit
