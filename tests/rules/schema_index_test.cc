// The comparison with the schema is made in parts, which begin anywhere in the store.
#include "rules/functions/schema_index.h"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

#include "rules/rules_support.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

constexpr int kGuests = 900;
constexpr int kData = 100;

// Guests alike in all but their numbers; each has a node that the schema does not describe, one
// with other access, and one that is not of its type.
std::string recording_of_guests() {
  std::string text = "/local = \"\"   (n0)\n/local/domain = \"\"   (n0)\n";
  for (int domid = 1; domid <= kGuests; ++domid) {
    const std::string home = "/local/domain/" + std::to_string(domid);
    const std::string toolstack = "n0,r" + std::to_string(domid);
    const std::string own = "n" + std::to_string(domid);
    const auto add = [&](const std::string& name, const char* value, const std::string& list) {
      text += home + name + " = \"" + value + "\"   (" + list + ")\n";
    };
    add("", "", toolstack);
    add("/name", "guest", "b0");
    add("/memory", "", toolstack);
    add("/memory/target", "much", toolstack);
    add("/domid", "none", toolstack);
    add("/strange", "", toolstack);
    add("/data", "", own);
    for (int i = 0; i < kData; ++i) add("/data/" + std::to_string(i), "", own);
  }
  return text;
}

TEST_CASE("nodes of guests that are alike are alike in every part of the index") {
  const auto store = read_dump_text(recording_of_guests(), "store");
  REQUIRE(store);
  const AuditContext facts(test_schema(), *store);
  SchemaIndex index(facts);
  REQUIRE(index.parts() >= 2);
  StoreIndex first(facts);
  const auto other = first.for_thread();
  // Each thread makes some parts, the last ones first.
  std::thread thread([&] {
    for (std::size_t part = index.parts(); part-- > 1;) index.make(part, *other);
  });
  index.make(0, first);
  thread.join();

  const NodeId model = store->find("/local/domain/1");
  const NodeId size = store->subtree_end(model) - model;
  bool undescribed = false;
  bool other_access = false;
  bool other_value = false;
  for (int domid = 1; domid <= kGuests; ++domid) {
    const NodeId home = store->find("/local/domain/" + std::to_string(domid));
    for (NodeId i = 0; i < size; ++i) {
      INFO(store->path(home + i));
      REQUIRE(index.described(home + i) == index.described(model + i));
      REQUIRE(index.unsure(home + i) == index.unsure(model + i));
      REQUIRE(index.access_differs(home + i) == index.access_differs(model + i));
      REQUIRE(index.value_differs(home + i) == index.value_differs(model + i));
      REQUIRE(index.may_lack(home + i) == index.may_lack(model + i));
      undescribed = undescribed || !index.described(home + i);
      other_access = other_access || index.access_differs(home + i);
      other_value = other_value || index.value_differs(home + i);
    }
  }
  CHECK(undescribed);
  CHECK(other_access);
  CHECK(other_value);
}

}  // namespace
}  // namespace xsaudit
