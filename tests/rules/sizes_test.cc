// Sizes are added up in one walk; the obvious sums are the reference.
#include "rules/functions/sizes.h"

#include <catch2/catch.hpp>

#include <string>

#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

const Permissions kOfGuest = {{.domid = 3}};

// A store in which directories have 0 to 40 children, and one chain of names is longer than any
// path of a daemon.
Snapshot made() {
  SnapshotBuilder builder;
  for (int i = 0; i <= 40; ++i) {
    const NodeId directory = builder.at("/directory" + std::to_string(i));
    for (int j = 0; j < i; ++j) {
      const NodeId child =
          builder.child(directory, std::string(static_cast<std::size_t>(j + 1), 'c'));
      builder.set_value(child, std::string(static_cast<std::size_t>(j), 'v'));
      builder.set_children(child, UnknownReason::known);
      builder.set_permissions(child, kOfGuest);
    }
  }
  NodeId at = builder.at("/deep");
  for (int i = 0; i < 30; ++i) at = builder.child(at, std::string(5000, 'd') + std::to_string(i));
  return std::move(builder).finish({}, UnknownReason::known);
}

}  // namespace

TEST_CASE("sizes of paths, listings and nodes are the obvious sums") {
  const Snapshot store = made();
  Sizes sizes(store);
  std::int64_t owned = 0;
  for (NodeId node = 0; node < store.size(); ++node) {
    INFO(node);
    std::int64_t listing = 0;
    for (NodeId child = store.first_child(node); child != kNoNode;
         child = store.next_sibling(child)) {
      listing += static_cast<std::int64_t>(store.name(child).size()) + 1;
    }
    const auto path = static_cast<std::int64_t>(store.path(node).size());
    CHECK(sizes.path(node) == path);
    CHECK(sizes.listing(node).bytes == listing);
    // xenstored core.c calc_node_acc_size: a header of 16 bytes, 8 for each permission.
    const std::int64_t size =
        16 + 8 + static_cast<std::int64_t>(store.value(node).size()) + listing;
    CHECK(sizes.node(node).bytes == size);
    if (store.permissions(node) != nullptr) owned += size + path;
  }
  CHECK(sizes.owned(3).bytes == owned);
  CHECK(sizes.owned(4).bytes == 0);
}

}  // namespace xsaudit
