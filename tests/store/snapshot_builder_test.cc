#include "store/snapshot_builder.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "store/path.h"

namespace xsaudit {
namespace {

// The obvious store: every path with its children in the order in which they were first named.
class Model {
 public:
  void add(const std::string& path, const std::string& value) {
    mention(path);
    values_[path] = value;
  }
  void require_equal(const Snapshot& store) const {
    std::vector<std::string> order;
    list("/", order);
    RC_ASSERT(store.size() == order.size());
    for (NodeId node = 0; node < store.size(); ++node) {
      const std::string& path = order[node];
      RC_ASSERT(store.path(node) == path);
      RC_ASSERT(store.find(path) == node);
      RC_ASSERT(store.depth(node) == path_names(path).size());
      RC_ASSERT(store.subtree_end(node) == node + below(path, order));
      const auto value = values_.find(path);
      RC_ASSERT((store.value_unknown(node) == UnknownReason::known) == (value != values_.end()));
      if (value != values_.end()) RC_ASSERT(store.value(node) == value->second);
      if (node == kRootNode) continue;
      RC_ASSERT(store.path(store.parent(node)) == parent_path(path));
      RC_ASSERT(store.child(store.parent(node), last_name(path)) == node);
    }
  }

 private:
  void mention(const std::string& path) {
    if (path == "/") return;
    const std::string parent(parent_path(path));
    mention(parent);
    auto& siblings = children_[parent];
    if (std::find(siblings.begin(), siblings.end(), path) == siblings.end())
      siblings.push_back(path);
  }
  void list(const std::string& path, std::vector<std::string>& order) const {
    order.push_back(path);
    const auto found = children_.find(path);
    if (found == children_.end()) return;
    for (const std::string& child : found->second) list(child, order);
  }
  static NodeId below(const std::string& path, const std::vector<std::string>& all) {
    const std::string prefix = path == "/" ? "/" : path + "/";
    return static_cast<NodeId>(std::count_if(all.begin(), all.end(), [&](const std::string& other) {
      return other == path || other.compare(0, prefix.size(), prefix) == 0;
    }));
  }

  std::map<std::string, std::vector<std::string>> children_;
  std::map<std::string, std::string> values_;
};

std::string some_path() {
  const auto names = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "b", "c", "@d", "0"));
  std::string path;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 5); ++i) path += "/" + names[i];
  return path.empty() ? "/" : path;
}

TEST_CASE("nodes may come in any order") {
  rc::prop("the snapshot is the tree of what was said, last word last", [] {
    SnapshotBuilder builder;
    Model model;
    const auto count = *rc::gen::inRange(0, 60);
    for (int i = 0; i < count; ++i) {
      const std::string path = some_path();
      const auto value = *rc::gen::arbitrary<std::string>();
      const NodeId before = builder.find(path);
      const NodeId node = builder.at(path);
      RC_ASSERT(before == node || (before == kNoNode && node + 1 == builder.size()));
      RC_ASSERT(builder.find(path) == node);
      // Some sources search between, others never do.
      if (*rc::gen::inRange(0, 4) == 0) RC_ASSERT(builder.draft().find(path) == node);
      RC_ASSERT(builder.rows().path(node) == path);
      builder.set_value(node, value);
      model.add(path, value);
    }
    model.require_equal(std::move(builder).finish({}, UnknownReason::known));
  });
}

TEST_CASE("everything that was said of a node stays with it when the order changes") {
  SnapshotBuilder builder;
  const NodeId b = builder.at("/b");
  const NodeId a_x = builder.at("/a/x");
  const NodeId b_x = builder.at("/b/x");  // not where depth-first order has it
  builder.set_value(a_x, "ax");
  builder.set_value_unknown(b_x, UnknownReason::cut);
  builder.set_permissions(a_x, *parse_permissions("n1"));
  builder.set_permissions_unknown(b_x, UnknownReason::filtered);
  builder.set_children(b, UnknownReason::unreadable);
  const Snapshot store = std::move(builder).finish({}, UnknownReason::not_covered);
  REQUIRE(store.path(2) == "/b/x");
  CHECK(store.value_unknown(2) == UnknownReason::cut);
  CHECK(store.permissions_unknown(2) == UnknownReason::filtered);
  CHECK(store.children_unknown(2) == UnknownReason::not_covered);
  CHECK(store.children_unknown(store.find("/b")) == UnknownReason::unreadable);
  CHECK(store.value(store.find("/a/x")) == "ax");
  CHECK(to_text(*store.permissions(store.find("/a/x"))) == "n1");
}

TEST_CASE("a node is described once something was said of it itself") {
  SnapshotBuilder builder;
  const NodeId leaf = builder.at("/a/b");
  const NodeId parent = builder.at("/a");
  CHECK_FALSE(builder.described(leaf));
  builder.set_value(leaf, "");
  CHECK(builder.described(leaf));
  CHECK_FALSE(builder.described(parent));
  builder.set_permissions(parent, *parse_permissions("n0"));
  CHECK(builder.described(parent));
  const NodeId unreadable = builder.at("/a/c");
  builder.set_value_unknown(unreadable, UnknownReason::unreadable);
  CHECK(builder.described(unreadable));
  const NodeId closed = builder.at("/a/d");
  builder.set_permissions_unknown(closed, UnknownReason::unreadable);
  CHECK(builder.described(closed));
}

TEST_CASE("a child that is there is not made again") {
  SnapshotBuilder builder;
  const NodeId first = builder.child(kRootNode, "a");
  CHECK(builder.child(kRootNode, "a") == first);
  CHECK(builder.at("/a") == first);
  CHECK(builder.size() == 2);
  CHECK(builder.at("/") == kRootNode);
}

// Each directory has a child of each name, made round by round: all nodes of the rounds before have
// come between a directory and its child, and many of them have the child's name.
TEST_CASE("a child is found that was made long before others of its name") {
  constexpr int kDirectories = 50;
  constexpr int kNames = 50;
  SnapshotBuilder builder;
  std::vector<NodeId> directories;
  for (int i = 0; i < kDirectories; ++i) {
    directories.push_back(builder.child(kRootNode, "d" + std::to_string(i)));
  }
  std::vector<NodeId> children;
  for (const bool again : {false, true}) {
    std::size_t at = 0;
    for (int name = 0; name < kNames; ++name) {
      for (const NodeId directory : directories) {
        const NodeId child = builder.child(directory, "n" + std::to_string(name));
        if (again) CHECK(child == children[at++]);
        if (!again) children.push_back(child);
      }
    }
  }
  CHECK(builder.size() == 1 + kDirectories + kDirectories * kNames);
  CHECK(builder.find("/d7/n49") != kNoNode);
  CHECK(builder.find("/d7/n50") == kNoNode);
  CHECK(builder.find("/d50") == kNoNode);
}

TEST_CASE("a node that went is left out with all below it") {
  SnapshotBuilder builder;
  for (const char* path : {"/a/x", "/b/x/y", "/b/z", "/c"})
    builder.set_value(builder.at(path), path);
  builder.drop(builder.at("/b/x"));
  builder.drop(builder.at("/a/x"));
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  std::string paths;
  for (NodeId node = 0; node < store.size(); ++node) paths += store.path(node) + " ";
  CHECK(paths == "/ /a /b /b/z /c ");
  CHECK(store.find("/b/x") == kNoNode);
  CHECK(store.find("/b/x/y") == kNoNode);
  CHECK(store.value(store.find("/b/z")) == "/b/z");
  CHECK(store.subtree_end(store.find("/b")) == store.find("/c"));
  CHECK(store.presence("/a/x") == Presence::absent);
}

TEST_CASE("a later word replaces an earlier one") {
  SnapshotBuilder builder;
  const NodeId node = builder.at("/a");
  builder.set_value_unknown(node, UnknownReason::cut);
  builder.set_value(node, "now known");
  builder.set_permissions_unknown(node, UnknownReason::cut);
  builder.set_permissions(node, *parse_permissions("n0"));
  Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  CHECK(store.value(store.find("/a")) == "now known");
  CHECK(store.value_unknown(store.find("/a")) == UnknownReason::known);
  CHECK(store.permissions_unknown(store.find("/a")) == UnknownReason::known);
}

TEST_CASE("names that no store has are kept as a recording shows them") {
  SnapshotBuilder builder;
  const std::string odd("a b\0\x1b\xff..", 8);
  const NodeId node = builder.child(kRootNode, odd);
  builder.set_value(node, "v");
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  CHECK(store.name(store.first_child(kRootNode)) == odd);
  CHECK(store.path(1) == "/" + odd);
}

TEST_CASE("a snapshot keeps what was learnt beside the tree") {
  SnapshotInfo info;
  info.name = "dump";
  info.daemon = Daemon::oxenstored;
  info.introduced = std::vector<Domid>{0, 3};
  const Snapshot store = SnapshotBuilder().finish(info, UnknownReason::known);
  CHECK(store.info().name == "dump");
  CHECK(store.info().daemon == Daemon::oxenstored);
  CHECK(store.info().introduced == std::vector<Domid>{0, 3});
}

TEST_CASE("the first gaps are kept and all are counted") {
  SnapshotInfo info;
  CHECK(info.complete());
  for (int i = 0; i < 1000; ++i) info.add_gap("dump:" + std::to_string(i), "cut");
  CHECK_FALSE(info.complete());
  CHECK(info.gap_count == 1000);
  REQUIRE(info.gaps.size() == SnapshotInfo::kMaxGaps);
  CHECK(info.gaps.back().place == "dump:99");
}

TEST_CASE("a part of a store is never complete") {
  SnapshotInfo info;
  info.coverage = Coverage::subtree;
  CHECK_FALSE(info.complete());
  info.coverage = Coverage::excerpt;
  CHECK_FALSE(info.complete());
}

TEST_CASE("each node keeps its line, in any order of lines and with gaps between them") {
  rc::prop("lines", [] {
    const auto count = *rc::gen::inRange<NodeId>(1, 30);
    SnapshotBuilder builder;
    std::map<std::string, std::uint64_t> lines;
    std::uint64_t line = *rc::gen::inRange<std::uint64_t>(0, 3);
    for (NodeId i = 0; i < count; ++i) {
      const std::string path = "/node" + std::to_string(i);
      const NodeId node = builder.at(path);
      line += *rc::gen::weightedElement<std::uint64_t>({{20, 1}, {1, 0}, {1, 2}, {1, UINT32_MAX}});
      if (*rc::gen::weightedElement<bool>({{20, true}, {1, false}})) {
        builder.set_line(node, line);
        lines[path] = line <= UINT32_MAX ? line : 0;
      }
      if (*rc::gen::weightedElement<bool>({{20, false}, {1, true}})) {
        builder.set_line(node, 7);
        lines[path] = 7;
      }
    }
    // A child of the first node, made last, moves all others.
    if (*rc::gen::arbitrary<bool>()) builder.set_line(builder.at("/node0/last"), 99);
    const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
    for (NodeId node = 1; node < store.size(); ++node) {
      const std::string path = store.path(node);
      RC_ASSERT(store.line(node) == (path == "/node0/last" ? 99 : lines[path]));
    }
    RC_ASSERT(store.line(kRootNode) == 0);
  });
}

}  // namespace
}  // namespace xsaudit
