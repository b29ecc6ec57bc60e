// The walk through a store beside the schema, compared with asking the schema for one path after
// the other: the obvious way, which is slow where a guest makes its nodes deep.
#include <algorithm>
#include <filesystem>

#include "schema/schema_walk.h"
#include "schema_support.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

void compare(const Schema& schema, const Snapshot& store) {
  SchemaWalk walk(schema, store);
  std::vector<Binding> bindings;
  for (NodeId node = 0; node < store.size(); ++node) {
    const std::string path = store.path(node);
    INFO(path);
    REQUIRE(walk.next());
    REQUIRE(walk.node() == node);
    REQUIRE(walk.line().size() == store.depth(node) + 1);
    SchemaWalk from_here(schema, store, node);
    REQUIRE(from_here.next());
    REQUIRE(std::equal(from_here.line().begin(), from_here.line().end(), walk.line().begin(),
                       walk.line().end()));
    REQUIRE(from_here.pattern() == walk.pattern());
    REQUIRE(from_here.next() == (node + 1 < store.size()));
    const Schema::Match match = schema.match(path);
    const auto id = walk.pattern();
    REQUIRE(id.has_value() == (match.entry != nullptr));
    if (!id) continue;
    REQUIRE(schema.numbered(*id).entry == match.entry);
    REQUIRE(schema.numbered(*id).pattern == match.pattern);
    REQUIRE(walk.bind(*match.pattern, bindings));
    REQUIRE(bindings.size() == match.bindings.size());
    for (std::size_t i = 0; i < bindings.size(); ++i) {
      REQUIRE(bindings[i].text == match.bindings[i].text);
      REQUIRE(bindings[i].number == match.bindings[i].number);
      REQUIRE(bindings[i].bound);
    }
    // Each required node is one that some position of the walk is right above.
    walk.for_each_required([&](PathTrie::Id required) {
      CHECK(schema.numbered(required).entry->required);
      CHECK(schema.numbered(required).pattern->segments().size() == store.depth(node) + 1);
    });
  }
  CHECK_FALSE(walk.next());
}

TEST_CASE("the walk finds for each node of recorded stores what the schema gives for its path") {
  const auto schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  std::size_t stores = 0;
  for (const auto& file : std::filesystem::directory_iterator(XSAUDIT_SOURCE_DIR "/tests/dumps")) {
    if (file.path().extension() != ".txt") continue;
    INFO(file.path().string());
    std::ifstream stream(file.path(), std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    const auto store = read_dump_text(text.str(), file.path().string());
    if (!store) FAIL(store.error().text());
    compare(*schema, *store);
    ++stores;
  }
  CHECK(stores >= 8);
}

// Every path of up to five names out of a few, so that all kinds of components meet.
TEST_CASE("the walk and the schema agree on every path of a small space") {
  std::string paths = "paths:\n";
  for (const char* pattern :
       {"/1", "/$N/a", "/$X/a", "/*/1", "/a/**", "/a/$X/1", "/a/$X/$X", "/$X/$X/b", "/a1/$N/**",
        "/a$N/b", "/a$N/b/**", "/$X/b/*/1", "/*/*/*/*", "/b/$X/$Y/$X/**"}) {
    paths += std::string("  '") + pattern +
             "': {description: w, type: any, permissions: n0, source: s}\n";
  }
  const auto schema =
      Schema::load({{"tables.yaml",
                     "variables: {DOMID: domid, BACKEND_DOMID: domid, N: number, UUID: uuid}\n"
                     "domains: {home: '~', name: ~/name, uuid: {node: ~/vm, holds: /vm/$UUID}, "
                     "target: ~/target, alive: [['~']]}\n"
                     "devices: {frontend: ~/device/$KIND/$DEVID, backend: "
                     "/local/domain/$BACKEND_DOMID/backend/$BACKEND_KIND/$DOMID/$DEVID, records: "
                     "[], kinds: {}, nodes: {frontend: f, backend: b, state: s, backend_domid: i}, "
                     "states: [s]}\n"
                     "profiles: {x: {description: x, host: []}}\n"
                     "permissions: {private: n0}\n"},
                    {"paths.yaml", paths}});
  if (!schema) FAIL(schema.error().text());
  SnapshotBuilder builder;
  const std::vector<std::string> names = {"a", "b", "1", "a1"};
  std::vector<std::string> level = {""};
  for (int depth = 0; depth < 5; ++depth) {
    std::vector<std::string> next;
    for (const std::string& above : level) {
      for (const std::string& name : names) {
        next.push_back(above + "/" + name);
        builder.set_value(builder.at(next.back()), "");
      }
    }
    level = std::move(next);
  }
  compare(*schema, std::move(builder).finish({}, UnknownReason::known));
}

}  // namespace
}  // namespace xsaudit
