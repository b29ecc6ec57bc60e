// Which domains are alive, what they are called, and whom the store may be believed about.
#include "schema/domain_table.h"

#include "schema_support.h"

namespace xsaudit {
namespace {

using State = Liveness::State;

const VariableTypes kTypes = {{"DOMID", VariableType::domid}, {"UUID", VariableType::uuid}};

DomainTable table() {
  const YamlDocument document = schema_file("domains.yaml");
  auto loaded = DomainTable::load(document.root().get("domains"), kTypes);
  if (!loaded) FAIL(loaded.error().text());
  return *std::move(loaded);
}

std::vector<Domid> privileged_in(const Snapshot& store) {
  return table().access_options(store, {}).privileged;
}

constexpr const char* kStore = R"(
  /local/domain/0
  /local/domain/1 =  (n0,r1)
  /local/domain/1/vm = /vm/0f82d65c-305d-4002-b93c-984251a6c77b (n0,r1)
  /local/domain/1/name = alpha (n0,r1)
  /local/domain/2 =  (n0,r2)
  /libxl/2
  /local/domain/3/device/vif/0
  /libxl/4/device
  /local/domain/0/backend/vif/9/0
)";

TEST_CASE("what may be alive can be assumed to be, or not to be") {
  Liveness liveness;
  liveness.alive = {0, 5};
  liveness.unsure = {3};
  liveness.unsure_of_others = true;
  const Liveness alive = liveness.assuming(Liveness::State::alive);
  const Liveness dead = liveness.assuming(Liveness::State::dead);
  for (const Domid domid : {0u, 5u}) {
    CHECK(alive.state(domid) == Liveness::State::alive);
    CHECK(dead.state(domid) == Liveness::State::alive);
  }
  for (const Domid domid : {3u, 9u}) {
    CHECK(liveness.state(domid) == Liveness::State::unknown);
    CHECK(alive.state(domid) == Liveness::State::alive);
    CHECK(dead.state(domid) == Liveness::State::dead);
  }
}

TEST_CASE("signs of life in a whole store") {
  const Liveness liveness = table().liveness(fixture_store(kStore), {0}, std::nullopt);
  CHECK(liveness.basis == Liveness::Basis::inferred);
  CHECK(liveness.alive == std::vector<Domid>{0, 1, 2});
  CHECK(liveness.state(1) == State::alive);
  CHECK(liveness.state(3) == State::dead);  // only a home
  CHECK(liveness.state(4) == State::dead);  // only a record
  CHECK(liveness.state(9) == State::dead);  // only a backend
  CHECK(liveness.contains(2));
  CHECK_FALSE(liveness.contains(3));
}

TEST_CASE("signs of life in an excerpt: absence means nothing") {
  const Liveness liveness =
      table().liveness(fixture_store(kStore, {}, UnknownReason::not_recorded), {0}, std::nullopt);
  CHECK(liveness.alive == std::vector<Domid>{0, 1, 2});
  CHECK(liveness.state(3) == State::unknown);
  CHECK(liveness.state(4) == State::unknown);
  CHECK(liveness.state(9) == State::unknown);
}

TEST_CASE("signs of life where one domain could not be read") {
  SnapshotBuilder builder;
  builder.at("/local/domain/1/vm");
  builder.set_children(builder.at("/local/domain/3"), UnknownReason::unreadable);
  builder.at("/libxl/1");
  const Snapshot snapshot = std::move(builder).finish({}, UnknownReason::known);
  const Liveness liveness = table().liveness(snapshot, {0}, std::nullopt);
  CHECK(liveness.state(1) == State::alive);
  CHECK(liveness.state(3) == State::unknown);
  CHECK(liveness.state(4) == State::dead);
}

TEST_CASE("the daemon's word goes before what is given, and that before signs") {
  SnapshotInfo info;
  info.introduced = std::vector<Domid>{7, 5};
  const Snapshot asked = fixture_store(kStore, info);
  const Liveness introduced = table().liveness(asked, {0}, std::vector<Domid>{1});
  CHECK(introduced.basis == Liveness::Basis::introduced);
  CHECK(introduced.alive == std::vector<Domid>{0, 5, 7});
  CHECK(introduced.state(1) == State::dead);

  const Liveness given = table().liveness(fixture_store(kStore), {0}, std::vector<Domid>{3, 0});
  CHECK(given.basis == Liveness::Basis::given);
  CHECK(given.alive == std::vector<Domid>{0, 3});

  const Liveness nobody = table().liveness(fixture_store(kStore), {0, 6}, std::vector<Domid>{});
  CHECK(nobody.basis == Liveness::Basis::given);
  CHECK(nobody.alive == std::vector<Domid>{0, 6});
}

TEST_CASE("an empty store has domain 0 alive, and nobody else") {
  const Liveness liveness = table().liveness(fixture_store(""), {0}, std::nullopt);
  CHECK(liveness.alive == std::vector<Domid>{0});
  CHECK(liveness.state(1) == State::dead);
}

TEST_CASE("homes, names and UUIDs") {
  const DomainTable domains = table();
  const Snapshot snapshot = fixture_store(kStore);
  CHECK(domains.homes(snapshot) == std::vector<Domid>{0, 1, 2, 3});
  CHECK(domains.domain_of("/local/domain/12/device/vbd/1") == Domid{12});
  CHECK(domains.domain_of("/local/domain/12") == Domid{12});
  CHECK_FALSE(domains.domain_of("/libxl/12"));
  CHECK_FALSE(domains.domain_of("/local/domain/40000"));
  CHECK(domains.name(snapshot, 1) == "alpha");
  CHECK_FALSE(domains.name(snapshot, 2));
  CHECK(domains.uuid(snapshot, 1) == "0f82d65c-305d-4002-b93c-984251a6c77b");
  CHECK_FALSE(domains.uuid(snapshot, 2));

  const Snapshot odd = fixture_store(R"(
    /local/domain/1/vm = vm/0f82d65c-305d-4002-b93c-984251a6c77b
    /local/domain/2/vm = /vm/../etc
    /local/domain/3/vm =
  )");
  CHECK(domains.uuid(odd, 1) == "0f82d65c-305d-4002-b93c-984251a6c77b");  // dom0less
  CHECK_FALSE(domains.uuid(odd, 2));
  CHECK_FALSE(domains.uuid(odd, 3));
}

TEST_CASE("stub domains are believed only where no guest could have said so") {
  const auto targets = [](std::string_view text, const std::vector<Domid>& privileged = {0}) {
    return table().access_options(fixture_store(text), privileged).targets;
  };
  const std::vector<std::pair<Domid, Domid>> one = {{8, 3}};
  CHECK(targets("/local/domain/8 =  (n0,r8)\n/local/domain/8/target = 3 (n0,r8)") == one);
  CHECK(targets("/local/domain/8 =  (n0,r8)\n/local/domain/8/target = 3 (n8)").empty());
  CHECK(targets("/local/domain/8 =  (n0,r8)\n/local/domain/8/target = 3 (n0,b8)").empty());
  CHECK(targets("/local/domain/8 =  (n8)\n/local/domain/8/target = 3 (n0,r8)").empty());
  CHECK(targets("/local/domain/8/target = 3 (w0)").empty());
  CHECK(targets("/local/domain/8/target = nobody (n0,r8)").empty());
  CHECK(targets("/local/domain/8/target = 3 (n5,r8)").empty());
  CHECK(targets("/local/domain/8/target = 0 (n0,r8)").empty());
  CHECK(targets("/local/domain/8/target = 3 (n0,r8)", {0, 3}).empty());
  CHECK(targets("/local/domain/8/target = 3 (n5,r8)", {0, 5}) == one);

  SnapshotBuilder builder;
  builder.set_value(builder.at("/local/domain/8/target"), "3");
  const Snapshot without_permissions = std::move(builder).finish({}, UnknownReason::known);
  CHECK(table().access_options(without_permissions, {}).targets.empty());
}

TEST_CASE("the domain that xenstored runs in is privileged") {
  CHECK(privileged_in(fixture_store("/tool/xenstored/domid = 2")) == std::vector<Domid>{0, 2});
  CHECK(privileged_in(fixture_store("/tool/xenstored/domid = 2 (n2)")) == std::vector<Domid>{0});
  CHECK(privileged_in(fixture_store("/tool/xenstored = /usr/sbin/oxenstored")) ==
        std::vector<Domid>{0});
}

TEST_CASE("a domain table that is wrong is refused with its place") {
  const auto refusal = [](const std::string& home, const std::string& rest) {
    const YamlDocument document =
        yaml("home: " + home + "\nname: ~/name\ntarget: ~/target\n" + rest);
    auto loaded = DomainTable::load(document.root(), kTypes);
    return loaded ? "accepted" : loaded.error().text();
  };
  const std::string uuid = "uuid: {node: ~/vm, holds: /vm/$UUID}\n";
  CHECK(refusal("'~'", uuid + "alive: [['~', ~/vm]]\n") == "accepted");
  CHECK(refusal("/home", uuid + "alive: [['~']]\n") ==
        "f.yaml:1:7: expected a pattern with $DOMID, a domid, as its only variable");
  CHECK(refusal("~/*", uuid + "alive: [['~']]\n") == "f.yaml:1:7: expected one path, without '*'");
  CHECK(refusal("'~'", "uuid: {node: ~/vm, holds: /vm/$DOMID}\nalive: [['~']]\n") ==
        "f.yaml:4:27: expected a pattern with one variable, a uuid");
  CHECK(refusal("'~'", uuid + "alive: ['~']\n") ==
        "f.yaml:5:9: expected a list of patterns, signs of life together");
  CHECK(refusal("'~'", uuid) == "f.yaml:1:1: 'alive' is missing");
  CHECK(refusal("'~'", "alive: [['~']]\n") == "f.yaml:1:1: 'uuid' is missing");
  CHECK(refusal("'~'", uuid + "alife: [['~']]\n") ==
        "f.yaml:5:1: unknown key 'alife' (did you mean 'alive'?)");
}

// A live update keeps the permissions of @releaseDomain, and an administrator may change them.
TEST_CASE(
    "whether entries for every domain count is what was learnt, not what @releaseDomain has") {
  for (const char* shows : {"/@releaseDomain =  (n0,r32757)", "/@releaseDomain =  (n0)"}) {
    Snapshot store = fixture_store(shows);
    CHECK_FALSE(table().access_options(store, {0}).any_domid.has_value());
    for (const bool counts : {true, false}) {
      store.info().any_domid = counts;
      CHECK(table().access_options(store, {0}).any_domid == counts);
    }
  }
}

TEST_CASE(
    "what every domain may write makes nobody privileged, whether the daemon shows that or not") {
  const char* const kSays = "/tool/xenstored/domid = 3 (n0,b32757)";
  const char* const kClosed = "/tool/xenstored/domid = 3 (n0)";
  CHECK(privileged_in(fixture_store(kClosed)) == std::vector<Domid>{0, 3});
  CHECK(privileged_in(fixture_store(kSays)) == std::vector<Domid>{0});
  CHECK(table()
            .access_options(fixture_store("/local/domain/4/target = 3 (n0,b32757)"), {})
            .targets.empty());
}

}  // namespace
}  // namespace xsaudit
