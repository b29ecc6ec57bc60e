// What the daemons themselves wrote, and streams put together field by field.
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

#include "source/recording/dump_reader.h"
#include "support/state_stream.h"

namespace xsaudit {
namespace {

Snapshot read(std::string_view bytes) {
  auto store = read_dump_text(bytes, "dump");
  if (!store) FAIL(store.error().text());
  return *std::move(store);
}

std::string refusal(std::string_view bytes) {
  const auto store = read_dump_text(bytes, "dump");
  return store ? "read" : store.error().text();
}

std::string lab(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string gaps(const Snapshot& store) {
  std::string out;
  for (const auto& gap : store.info().gaps) out += gap.place + ": " + gap.what + "\n";
  return out;
}

// Taken from the daemon a moment after the listing was.
void check_like_its_listing(const Snapshot& dump, const Snapshot& listing) {
  CHECK(gaps(dump).empty());
  CHECK(dump.info().complete());
  for (NodeId node = 1; node < listing.size(); ++node) {
    const std::string path = listing.path(node);
    INFO(path);
    const NodeId same = dump.find(path);
    REQUIRE(same != kNoNode);
    CHECK(dump.value(same) == listing.value(node));
    CHECK(to_text(*dump.permissions(same)) == to_text(*listing.permissions(node)));
  }
  CHECK(dump.value_unknown(kRootNode) == UnknownReason::known);
  CHECK(to_text(*dump.permissions(kRootNode)) == "n0");
  CHECK(to_text(*dump.permissions(dump.find("/@introduceDomain"))) == "n0");
  CHECK(dump.info().introduced == std::vector<Domid>{0, 1});
}

std::size_t stale_entries(const Snapshot& store) {
  std::size_t count = 0;
  for (NodeId node = 0; node < store.size(); ++node) {
    for (const PermissionEntry& entry : *store.permissions(node)) count += entry.stale ? 1 : 0;
  }
  return count;
}

constexpr const char* kOxenstored =
    "$xenstored-dump-format\n"
    "global,9\n"
    "evtchn-dev,11,30\n"
    "dom,5,1173505,1,32\n"
    "dom,0,0,13,31\n"
    "watch,5,646174612f78,746f6b656e\n"
    "watch,-13,2f6c6f63616c,313a32\n"
    "socket,13\n"
    "store,2f,6e30,\n"
    "store,2f6c6f63616c,6e30007235,00ff0a\n";

}  // namespace

TEST_CASE("C xenstored's own state is the store that it listed") {
  const Snapshot store = read(lab("cxenstored/81-lu-state.state_dump"));
  CHECK(store.info().kind == "xenstored state");
  CHECK(store.info().daemon == Daemon::cxenstored);
  CHECK(store.size() == 516);
  check_like_its_listing(store, read(lab("cxenstored/80-before-live-update.fp.txt")));
  // Entries for domains that were not there when the guest named them.
  CHECK(store.info().stale_known);
  CHECK(stale_entries(store) == 7);
  const Permissions& tab = *store.permissions(store.find("/local/domain/1/data/tab"));
  CHECK_FALSE(tab[1].stale);
  CHECK(tab[2].stale);
  REQUIRE(store.info().clients);
  CHECK(store.info().clients->watches.size() == 23);
  CHECK(store.info().clients->transactions.empty());
}

TEST_CASE("oxenstored's own dump is the store that it listed") {
  const Snapshot store = read(lab("oxenstored/81-lu-state.db"));
  CHECK(store.info().kind == "oxenstored dump");
  CHECK(store.info().daemon == Daemon::oxenstored);
  CHECK(store.size() == 516);
  check_like_its_listing(store, read(lab("oxenstored/80-before-live-update.fp.txt")));
  CHECK(stale_entries(store) == 0);
  REQUIRE(store.info().clients);
  CHECK(store.info().clients->watches.size() == 23);
}

TEST_CASE("oxenstored's fields are read for what they are") {
  const Snapshot store = read(kOxenstored);
  CHECK(gaps(store).empty());
  CHECK(store.info().introduced == std::vector<Domid>{0, 5});
  CHECK(store.value(store.find("/local")) == std::string("\0\xff\n", 3));
  CHECK(to_text(*store.permissions(store.find("/local"))) == "n0,r5");
  const auto& watches = store.info().clients->watches;
  REQUIRE(watches.size() == 2);
  CHECK_FALSE(watches[0].domid.has_value());
  CHECK(watches[1].domid == Domid{5});
  CHECK(watches[1].path == "data/x");
  CHECK(store.presence("/vm") == Presence::absent);
}

TEST_CASE("lines that oxenstored does not write are gaps, with their line") {
  const char* const line = GENERATE("store,2f766,6e30,", "store,2f766d,7830,", "store,2f2f,6e30,",
                                    "dom,x,1,1", "dom,40000,1,1", "watch,5,zz,00", "more,1");
  const Snapshot store = read(kOxenstored + std::string(line) + "\n");
  CHECK(gaps(store).find("dump:11: ") == 0);
  CHECK(store.info().coverage == Coverage::excerpt);
  CHECK(store.presence("/vm/x") == Presence::unknown);
}

TEST_CASE("an oxenstored dump that was cut is no whole one") {
  const std::string whole = kOxenstored;
  for (std::size_t size = 23; size < whole.size(); ++size) {
    CAPTURE(size);
    const Snapshot store = read(whole.substr(0, size));
    const bool between_lines = whole[size - 1] == '\n';
    CHECK((between_lines || !store.info().complete()));
  }
}

TEST_CASE("a node without its parent makes an excerpt") {
  const Snapshot store = read("$xenstored-dump-format\nstore,2f,6e30,\nstore,2f612f62,6e30,\n");
  CHECK(gaps(store) == "/a: the dump has nodes below it, but not the node itself\n");
  CHECK(store.presence("/c") == Presence::unknown);
}

TEST_CASE("a state stream is read in either byte order and version") {
  const bool big_endian = GENERATE(false, true);
  const std::uint32_t version = GENERATE(1U, 2U);
  StateStream stream(version, big_endian);
  stream.global()
      .quota({{"nodes", 1000}, {"watches", 128}})
      .domain(0, {})
      .domain(7, {{"nodes", 50}})
      .connection(1, 0)
      .connection(2, 9, 7)
      .socket(3)
      .watch(2, "device/vif/0/state", "token")
      .watch(3, "@releaseDomain", "")
      .transaction(2, 77)
      .node("/", {{'n', 0, 0}}, "")
      .node("/local", {{'r', 0, 0}, {'b', 1, 9}}, std::string("\0x", 2))
      .node("@releaseDomain", {{'n', 0, 0}}, "")
      .node("/local/pending", {{'n', 0, 0}}, "by a transaction", 2)
      .end();
  const Snapshot store = read(stream.bytes());
  CHECK(gaps(store).empty());
  CHECK(store.info().complete());
  CHECK(store.size() == 3);
  CHECK(store.value(store.find("/local")) == std::string("\0x", 2));
  const Permissions& list = *store.permissions(store.find("/local"));
  CHECK(to_text(list) == "r0,b9");
  CHECK(list[1].stale);
  CHECK(store.info().introduced == std::vector<Domid>{0, 9});
  CHECK(store.info().targets == std::vector<std::pair<Domid, Domid>>{{9, 7}});
  const ClientState& clients = *store.info().clients;
  REQUIRE(clients.watches.size() == 2);
  CHECK_FALSE(clients.watches[0].domid.has_value());
  REQUIRE(clients.watches_of(9).size() == 1);
  CHECK(clients.watches_of(9)[0].path == "device/vif/0/state");
  CHECK(clients.watches_of(7).empty());
  CHECK(clients.own_limit_of(7, "nodes") == 50);
  CHECK_FALSE(clients.own_limit_of(9, "nodes").has_value());
  CHECK(clients.limits.at("nodes") == 1000);
  CHECK(clients.transactions == std::map<Domid, std::uint64_t>{{9, 1}});
  CHECK(clients.limits.at("nodes") == 1000);
  CHECK(clients.limits_of.at(7).at("nodes") == 50);
  CHECK(store.presence("/local/pending") == Presence::absent);
  CHECK(store.info().any_domid == false);
}

TEST_CASE("a state stream shows whether entries for every domain count") {
  const auto shown = [](const StateStream& stream) {
    return read(stream.bytes()).info().any_domid;
  };
  const auto begun = [] {
    StateStream stream(2, false);
    stream.global();
    return stream;
  };
  // Before Xen 4.21 there are no records of domains.
  CHECK(shown(begun().node("/a", {{'n', 0, 0}}, "").end()) == std::nullopt);
  CHECK(shown(begun().domain(0, {}, 2).domain(5, {}, 2).end()) == false);
  // A guest may have been made without the feature.
  CHECK(shown(begun().domain(0, {}, 14).domain(5, {}, 6).end()) == true);
  CHECK(shown(begun().domain(5, {}, 6).domain(0, {}, 14).end()) == true);
  // A daemon that does not know the number marks the entry.
  CHECK(shown(begun().node("/a", {{'n', 0, 0}, {'r', 1, 32757}}, "").end()) == std::nullopt);
  CHECK(shown(begun().node("/a", {{'n', 0, 0}, {'r', 0, 32757}}, "").end()) == true);
}

TEST_CASE("a state stream is read up to the record that has no meaning") {
  const auto begun = [] {
    StateStream stream(2, false);
    stream.global().node("/", {{'n', 0, 0}}, "").node("/a", {{'n', 0, 0}}, "first");
    return stream;
  };
  StateStream wrong = begun();
  wrong.record(77, "what is this").node("/b", {{'n', 0, 0}}, "").end();
  StateStream hollow = begun();
  hollow.record(5, "").node("/b", {{'n', 0, 0}}, "").end();
  StateStream shorter = begun();
  shorter.node("/b", {{'n', 0, 0}}, "second");
  std::vector<std::string> texts = {wrong.bytes(), hollow.bytes(),
                                    shorter.bytes().substr(0, shorter.bytes().size() - 8)};
  for (const std::string& text : texts) {
    const Snapshot store = read(text);
    INFO(gaps(store));
    CHECK(store.info().gap_count == 1);
    CHECK_FALSE(store.info().complete());
    CHECK(store.value(store.find("/a")) == "first");
    CHECK(store.find("/b") == kNoNode);
    CHECK(store.presence("/b") == Presence::unknown);
  }
}

TEST_CASE("permissions without meaning cost a state stream their own node") {
  StateStream stream(2, false);
  stream.global()
      .node("/", {{'n', 0, 0}}, "")
      .node("/a", {{'x', 0, 3}}, "strange")
      .node("/b", {}, "none")
      .node("/c", {{'n', 0, 3}}, "plain")
      .end();
  const Snapshot store = read(stream.bytes());
  CHECK(store.info().gap_count == 2);
  for (const char* path : {"/a", "/b"}) {
    CHECK(store.permissions_unknown(store.find(path)) == UnknownReason::not_recorded);
  }
  CHECK(store.value(store.find("/a")) == "strange");
  REQUIRE(store.permissions(store.find("/c")) != nullptr);
}

TEST_CASE("watches of limited depth are read as designed and as written") {
  for (const bool as_written : {false, true}) {
    StateStream stream(2, false);
    stream.global().connection(1, 5).watch_extended(1, "/local", "t", 2, as_written);
    stream.node("/", {{'n', 0, 0}}, "").end();
    const Snapshot store = read(stream.bytes());
    REQUIRE(store.info().clients->watches.size() == 1);
    CHECK(store.info().clients->watches[0].path == "/local");
  }
}

TEST_CASE("data on their way to a client are left alone, whatever their size") {
  StateStream stream(2, false);
  stream.global().connection(1, 5, 0x7ff4, std::string(1000 * 1000 + 3, 'x'));
  stream.node("/", {{'n', 0, 0}}, "").end();
  const Snapshot store = read(stream.bytes());
  CHECK(store.info().complete());
  CHECK(store.info().targets.empty());
}

TEST_CASE("the stream of a migration covers what it holds") {
  StateStream stream(1, false);
  stream.connection(1, 5).node("/local/domain/5/name", {{'n', 0, 0}}, "a").end();
  const Snapshot store = read(stream.bytes());
  CHECK_FALSE(store.info().introduced.has_value());
  CHECK(store.info().coverage == Coverage::excerpt);
  CHECK(store.presence("/local/domain/6") == Presence::unknown);
}

TEST_CASE("a state stream that was cut is no whole one") {
  const std::string whole = lab("cxenstored/81-lu-state.state_dump");
  for (std::size_t size = 16; size < whole.size(); size += size < 1000 ? 1 : 997) {
    CAPTURE(size);
    const Snapshot store = read(whole.substr(0, size));
    CHECK_FALSE(store.info().complete());
    CHECK(gaps(store).find("the stream was truncated here") != std::string::npos);
  }
}

TEST_CASE("what is no state stream of a known form is refused, with the byte") {
  CHECK(refusal(StateStream(3, false).bytes()) ==
        "dump: byte 8: the state of a xenstored in an unknown format (versions 1 and 2 "
        "are)");
  StateStream unknown(1, false);
  unknown.global().record(99, "");
  CHECK(refusal(unknown.bytes()) ==
        "dump: byte 32: unknown type of record (the stream is damaged, or of a newer version)");
  for (const char* body : {"", "x", "\1\0\0\0\0\0\0\0\7\0\0\0\0\0\1\0n\0\0\0/a"}) {
    StateStream damaged(1, false);
    damaged.global().record(5, body);
    CHECK(refusal(damaged.bytes()).find("dump: byte 32: ") == 0);
  }
  StateStream nobody(1, false);
  nobody.global().watch(1, "/a", "t");
  CHECK(refusal(nobody.bytes()).find("dump: byte 32: ") == 0);
}

}  // namespace xsaudit
