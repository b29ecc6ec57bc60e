// The schema as a whole: that which is built in, and how one that is wrong is refused.
#include "schema/schema.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "schema_support.h"

namespace xsaudit {
namespace {

const Schema& built_in() {
  static const Schema schema = [] {
    auto loaded = Schema::load(embedded_schema());
    if (!loaded) FAIL(loaded.error().text());
    return *std::move(loaded);
  }();
  return schema;
}

// The smallest schema that is one, before its entries.
constexpr const char* kTables = R"(
variables: {DOMID: domid, BACKEND_DOMID: domid, DEVID: number, UUID: uuid, POOL: number}
domains:
  home: "~"
  name: ~/name
  uuid: {node: ~/vm, holds: /vm/$UUID}
  target: ~/target
  alive: [["~"]]
devices:
  frontend: ~/device/$KIND/$DEVID
  backend: /local/domain/$BACKEND_DOMID/backend/$BACKEND_KIND/$DOMID/$DEVID
  records: []
  nodes: {frontend: frontend, backend: backend, state: state, backend_domid: backend-id}
  states: [Unknown]
  kinds: {}
profiles: {xenopsd: {description: XAPI}, libxl: {description: xl, host: []}}
permissions: {private: n0, guest-reads: "n0,r$DOMID"}
)";

Result<Schema> load(const std::string& paths) {
  return Schema::load({{"tables.yaml", kTables}, {"f.yaml", paths}});
}
std::string refusal(const std::string& paths) {
  auto loaded = load(paths);
  return loaded ? "accepted" : loaded.error().text();
}
// Of one entry with the usual members, and those given.
std::string entry_refusal(const std::string& members) {
  return refusal("paths:\n  ~/a:\n    description: A\n    source: s\n" + members);
}

TEST_CASE("the built-in schema is what lies in schema/, and loads") {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(XSAUDIT_SOURCE_DIR "/schema")) {
    if (file.path().extension() == ".yaml") names.insert(file.path().filename());
  }
  std::vector<std::string> embedded;
  for (const YamlDocument& file : embedded_schema()) {
    embedded.emplace_back(file.file());
    std::ifstream stream(XSAUDIT_SOURCE_DIR "/schema/" + embedded.back(), std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    CHECK(file.text() == text.str());
  }
  CHECK(embedded == std::vector<std::string>(names.begin(), names.end()));
  std::vector<std::string> profiles;
  for (const auto& profile : built_in().profiles().profiles()) profiles.push_back(profile.name);
  CHECK(profiles == std::vector<std::string>{"xenopsd", "dom0less", "xend", "libxl"});
  CHECK(built_in().entries().size() > 50);
  CHECK_FALSE(built_in().devices().kinds().empty());
}

TEST_CASE("a directory gives the same schema as what is built in") {
  const auto files = read_yaml_directory(XSAUDIT_SOURCE_DIR "/schema");
  REQUIRE(files.ok());
  REQUIRE(files->size() == embedded_schema().size());
  const YamlDocument first = embedded_schema().front();
  CHECK(files->front().name == XSAUDIT_SOURCE_DIR "/schema/" + std::string(first.file()));
  CHECK(files->front().text == first.text());
  CHECK(Schema::load(*files).ok());

  CHECK(read_yaml_directory("/nonexistent").error().text() ==
        "/nonexistent: cannot be read: No such file or directory");
  CHECK(read_yaml_directory(XSAUDIT_SOURCE_DIR "/src").error().text() == XSAUDIT_SOURCE_DIR
        "/src: there is no *.yaml file in it");
}

TEST_CASE("which entry governs a path") {
  const auto governs = [](std::string_view path) {
    const Schema::Match match = built_in().match(path);
    std::string text(match.entry == nullptr ? "none" : match.entry->key());
    for (std::size_t i = 0; i < match.bindings.size() && match.entry != nullptr; ++i) {
      text += " " + match.pattern->variables()[i].name + "=" + std::string(match.bindings[i].text);
    }
    return text;
  };
  CHECK(governs("/local/domain/3") == "~ DOMID=3");
  CHECK(governs("/local/domain/3/vm") == "~/vm DOMID=3");
  CHECK(governs("/local/domain/3/device/vif/0/backend") ==
        "~/device/$KIND/$DEVID/backend DOMID=3 KIND=vif DEVID=0");
  CHECK(governs("/local/domain/3/device/vif/0/queue-0/tx-ring-ref") ==
        "~/device/vif/$DEVID/queue-$QUEUE/{tx-ring-ref,rx-ring-ref} DOMID=3 DEVID=0 QUEUE=0");
  CHECK(governs("/local/domain/3/device/vif/0/of/its/own") ==
        "~/device/$KIND/$DEVID/** DOMID=3 KIND=vif DEVID=0");
  CHECK(governs("/local/domain/3/device/suspend/event-channel") ==
        "~/device/suspend/event-channel DOMID=3");
  CHECK(governs("/local/domain/0/backend/vfb/3/0/vncpasswd") ==
        "/local/domain/$BACKEND_DOMID/backend/vfb/$DOMID/$DEVID/vncpasswd BACKEND_DOMID=0 DOMID=3 "
        "DEVID=0");
  CHECK(governs("/local/domain/0/backend/vfb/3/0/state") ==
        "/local/domain/$BACKEND_DOMID/backend/$BACKEND_KIND/$DOMID/$DEVID/state BACKEND_DOMID=0 "
        "BACKEND_KIND=vfb DOMID=3 DEVID=0");
  CHECK(governs("/local/domain/0/name") == "/local/domain/0/name");
  CHECK(governs("/libxl/3/anything/else") == "none");
  CHECK(governs("/local/domain/99999/vm") == "none");
  CHECK(governs("/nonsense") == "none");
}

TEST_CASE("what an entry says") {
  const Schema::Match match = built_in().match("/local/domain/3/console/vnc-pass");
  REQUIRE(match.entry != nullptr);
  CHECK(match.entry->secret);
  CHECK_FALSE(match.entry->required);
  REQUIRE(match.entry->forms("libxl") != nullptr);
  CHECK(match.entry->forms("libxl")->front().text() == "n$BACKEND_DOMID,r$DOMID");
  CHECK(match.entry->forms("xenopsd")->front().text() == "n0,r$DOMID");
  CHECK(built_in().match("/xenops/domain/3").entry->forms("libxl") == nullptr);
  CHECK(match.entry->place().find("console.yaml:") == 0);
  CHECK(match.entry->source.find("libxl_dm.c") == 0);

  const Schema::Match link = built_in().match("/local/domain/3/device/vif/0/backend");
  REQUIRE(link.entry->link);
  CHECK(link.entry->link->back == "frontend");
  CHECK(link.entry->forms("xenopsd")->front().text() == "n$DOMID,r$BACKEND_DOMID");
}

TEST_CASE("an entry with all its members") {
  const auto schema = load(
      "paths:\n"
      "  ~/$POOL/{a,b}:\n"
      "    description: Both\n"
      "    type: $POOL or empty\n"
      "    permissions: {libxl: [private, \"b$DOMID\"], others: guest-reads}\n"
      "    link: {to: /x/$DOMID, back: c}\n"
      "    required: true\n"
      "    secret: true\n"
      "    guests: [hvm, pvh]\n"
      "    since: 4.10\n"
      "    until: 4.21\n"
      "    document: |\n"
      "      says so\n"
      "    note: n\n"
      "    source: s\n");
  if (!schema) FAIL(schema.error().text());
  REQUIRE(schema->entries().size() == 1);
  const SchemaEntry& entry = schema->entries().front();
  CHECK(entry.key() == "~/$POOL/{a,b}");
  REQUIRE(entry.patterns.size() == 2);
  CHECK(entry.patterns[1].text() == "~/$POOL/b");
  CHECK(entry.place() == "f.yaml:2:3");
  CHECK(entry.required);
  CHECK(entry.secret);
  CHECK_FALSE(entry.pv);
  CHECK(entry.hvm);
  CHECK(entry.pvh);
  CHECK(entry.since == XenVersion{4, 10});
  CHECK(XenVersion{4, 9} < *entry.since);
  CHECK(entry.until == XenVersion{4, 21});
  CHECK(entry.document == "says so");
  CHECK(entry.forms("libxl")->size() == 2);
  CHECK(entry.forms("xenopsd")->front().text() == "n0,r$DOMID");
  const Schema::Match match = schema->match("/local/domain/3/7/b");
  CHECK(match.entry == &entry);
  CHECK(match.pattern == &entry.patterns[1]);
  CHECK(match.bindings.at(1).number == 7);
}

TEST_CASE("a file may give all its entries one source") {
  const auto schema =
      load("source: whole\npaths:\n  /a: {description: A, type: any, permissions: n0}\n");
  if (!schema) FAIL(schema.error().text());
  CHECK(schema->entries().front().source == "whole");
}

TEST_CASE("a file may say of all its entries that they are the guest's own, and have a title") {
  const auto schema = load(
      "title: Own\nunchecked: true\nsource: s\npaths:\n"
      "  ~/a: {description: A, type: any, permissions: n0}\n"
      "  ~/b: {description: B, type: any, permissions: n0, unchecked: false}\n");
  if (!schema) FAIL(schema.error().text());
  CHECK(schema->entries()[0].unchecked);
  CHECK_FALSE(schema->entries()[1].unchecked);
  CHECK(schema->entries()[1].area == "Own");
}

TEST_CASE("a value is secret always, or if it is of a type") {
  const auto schema = load(
      "source: s\npaths:\n"
      "  ~/a: {description: A, type: any, permissions: n0, secret: true}\n"
      "  ~/b: {description: B, type: any, permissions: n0, secret: matches .*passw.*}\n"
      "  ~/c: {description: C, type: any, permissions: n0}\n");
  if (!schema) FAIL(schema.error().text());
  CHECK(schema->secret("/local/domain/3/a", "x"));
  CHECK(schema->secret("/local/domain/3/b", "user=u,password=p"));
  CHECK_FALSE(schema->secret("/local/domain/3/b", "/dev/vg/disk"));
  CHECK_FALSE(schema->secret("/local/domain/3/c", "password"));
  CHECK_FALSE(schema->secret("/nowhere", "password"));
}

TEST_CASE("a schema that is wrong is refused with its place") {
  const std::string fine = "    type: any\n    permissions: n0\n";
  CHECK(entry_refusal(fine) == "accepted");
  CHECK(entry_refusal(fine + "    requierd: true\n") ==
        "f.yaml:7:5: unknown key 'requierd' (did you mean 'required'?)");
  CHECK(entry_refusal(fine + "    type: any\n") ==
        "f.yaml:7:5: the key 'type' is there twice (the first is in line 5)");
  CHECK(entry_refusal("    type: &a [*a]\n").find("f.yaml:5:11: anchors") == 0);
  CHECK(entry_refusal("    permissions: n0\n") == "f.yaml:3:5: 'type' is missing");
  CHECK(entry_refusal("    type: any\n") == "f.yaml:3:5: 'permissions' is missing");
  CHECK(entry_refusal("    type: any or domd\n    permissions: n0\n") ==
        "f.yaml:5:18: unknown type 'domd' (did you mean 'domid'?)");
  CHECK(entry_refusal("    type: $DOMIDD\n    permissions: n0\n") ==
        "f.yaml:5:11: $DOMIDD is not a variable of this path (did you mean 'DOMID'?)");
  CHECK(entry_refusal("    type: any\n    permissions: n0,r$DOMIT\n") ==
        "f.yaml:6:18: $DOMIT is not a variable of type domid (did you mean 'DOMID'?)");
  CHECK(entry_refusal("    type: any\n    permissions: n0,r$UUID\n")
            .find("f.yaml:6:18: $UUID is not a variable of type domid") == 0);
  CHECK(entry_refusal("    type: any\n    permissions: guestreads\n") ==
        "f.yaml:6:18: 'guestreads' is not a permission: unknown letter (did you mean "
        "'guest-reads'?)");
  CHECK(entry_refusal("    type: any\n    permissions: [n0, x1]\n") ==
        "f.yaml:6:23: 'x1' is not a permission: unknown letter (as in n0,r$DOMID)");
  CHECK(entry_refusal("    type: any\n    permissions: []\n") ==
        "f.yaml:6:18: an empty list of permissions");
  CHECK(entry_refusal("    type: any\n    permissions: {libx: n0}\n") ==
        "f.yaml:6:19: unknown profile 'libx' (did you mean 'libxl'?)");
  CHECK(entry_refusal(fine + "    guests: [pv, vm]\n") ==
        "f.yaml:7:18: unknown kind of guest 'vm' (pv, hvm or pvh)");
  CHECK(entry_refusal(fine + "    since: new\n") ==
        "f.yaml:7:12: expected a version of Xen, as in 4.17");
  CHECK(entry_refusal(fine + "    secret: yes\n") == "f.yaml:7:13: unknown type 'yes'");
  CHECK(entry_refusal(fine + "    secret: $DOMID\n") ==
        "f.yaml:7:13: a secret does not depend on the path");
  CHECK(entry_refusal(fine + "    unchecked: yes\n") ==
        "f.yaml:7:16: expected true or false, found 'yes'");
  CHECK(entry_refusal(fine + "    since: 4.10\n    until: 4.9\n") ==
        "f.yaml:8:12: it ends before it begins");
  CHECK(refusal(
            "paths:\n  /a/$POOL: {description: A, type: any, permissions: n0, source: s, required: "
            "true}\n") == "f.yaml:2:3: a required entry must end in a name");
  CHECK(entry_refusal(fine + "    link: x\n") == "f.yaml:7:11: a pattern begins with '/' or '~'");
  CHECK(entry_refusal(fine + "    link: {to: /x, bak: y}\n") ==
        "f.yaml:7:20: unknown key 'bak' (did you mean 'back'?)");
  CHECK(entry_refusal(fine + "    link: {to: /x, back: y/z}\n") ==
        "f.yaml:7:26: expected the name of a node");
  CHECK(refusal("paths:\n  /a: {type: any, permissions: n0, source: s}\n") ==
        "f.yaml:2:7: 'description' is missing");
  CHECK(refusal("paths:\n  /a: {description: A, type: any, permissions: n0}\n") ==
        "f.yaml:2:7: 'source' is missing (or give the whole file one)");
  CHECK(refusal("paths:\n  ~/a b:\n    description: A\n") == "f.yaml:2:6: no node name has ' '");
  CHECK(refusal("paths:\n  /a: nothing\n") == "f.yaml:2:7: expected a map, found a text");
  CHECK(refusal("pahts: {}\n") == "f.yaml:1:1: unknown key 'pahts' (did you mean 'paths'?)");
  CHECK(refusal("profiles: {}\n") ==
        "f.yaml:1:1: the section 'profiles' is there twice (the first is at tables.yaml:16:11)");
  CHECK(refusal("- a\n") == "f.yaml:1:1: expected a map, found a list");
  CHECK(Schema::load({{"f.yaml", "paths: {}\n"}}).error().text() ==
        "the schema has no section 'variables'");
}

TEST_CASE("entries that collide are refused with both places") {
  const std::string rest = ": {description: A, type: any, permissions: n0, source: s}\n";
  const auto both = [&](const std::string& a, const std::string& b) {
    return refusal("paths:\n  " + a + rest + "  " + b + rest);
  };
  CHECK(both("/libxl/$DOMID/x", "/libxl/$BACKEND_DOMID/x") ==
        "f.yaml:3:3: some path matches both '/libxl/$BACKEND_DOMID/x' and '/libxl/$DOMID/x' at "
        "f.yaml:2:3, and neither has priority");
  CHECK(both("/a/$DOMID", "/a/$POOL").find("f.yaml:3:3: some path matches both") == 0);
  CHECK(both("/a/{b,c}", "/a/c").find("f.yaml:3:3: some path matches both '/a/c'") == 0);
  CHECK(both("/a/$DOMID", "/a/5") == "accepted");
  CHECK(both("/a/b", "/a/**") == "accepted");
}

}  // namespace
}  // namespace xsaudit
