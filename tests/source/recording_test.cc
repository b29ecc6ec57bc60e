#include "source/recording/recording_format.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "base/escape.h"
#include "source/recording/dump_reader.h"
#include "store/path.h"
#include "store/snapshot_builder.h"
#include "support/xenstore_ls.h"

namespace xsaudit {
namespace {

constexpr UnknownReason kReasons[] = {UnknownReason::known,        UnknownReason::not_in_form,
                                      UnknownReason::not_recorded, UnknownReason::not_covered,
                                      UnknownReason::unreadable,   UnknownReason::cut,
                                      UnknownReason::filtered};

// All that a snapshot says, but for its name and kind, one fact after the other.
std::string everything(const Snapshot& store) {
  std::string out;
  const auto add = [&](const auto&... parts) { ((out += std::string(parts) + "|"), ...); };
  for (NodeId node = 0; node < store.size(); ++node) {
    add(std::to_string(node == kRootNode ? 0 : store.parent(node)), store.name(node),
        store.value(node), to_text(store.value_unknown(node)),
        to_text(store.permissions_unknown(node)), to_text(store.children_unknown(node)));
    if (store.permissions(node) == nullptr) continue;
    for (const PermissionEntry& entry : *store.permissions(node)) {
      add(std::string(1, entry.letter()), std::to_string(entry.domid), entry.stale ? "!" : "");
    }
  }
  const SnapshotInfo& info = store.info();
  add(to_text(info.coverage), info.coverage == Coverage::subtree ? info.covered : "",
      info.has_permissions ? "p" : "", to_text(info.daemon), to_text(info.consistency), info.host,
      info.time ? std::to_string(*info.time) : "-", std::to_string(info.gap_count));
  if (info.introduced) add("introduced");
  for (const Domid domid : info.introduced.value_or(std::vector<Domid>()))
    add(std::to_string(domid));
  for (const auto& [stub, target] : info.targets) add(std::to_string(stub), std::to_string(target));
  for (const auto& gap : info.gaps) add(gap.place, gap.what);
  return out;
}

std::string any_bytes(std::size_t most) {
  const auto length = *rc::gen::inRange<std::size_t>(0, most);
  return *rc::gen::container<std::string>(length, rc::gen::arbitrary<char>());
}

std::string any_name() {
  std::string name = any_bytes(6);
  for (char& c : name) c = c == '/' ? '_' : c;
  return name.empty() ? "a" : name;
}

Snapshot any_snapshot() {
  SnapshotBuilder builder;
  std::vector<NodeId> nodes = {kRootNode};
  const auto count = *rc::gen::inRange<std::size_t>(0, 20);
  for (std::size_t i = 0; i < count; ++i) {
    const NodeId parent = *rc::gen::elementOf(nodes);
    nodes.push_back(builder.child(parent, any_name()));
  }
  for (const NodeId node : nodes) {
    const auto reason = [] { return *rc::gen::elementOf(std::vector(kReasons, kReasons + 7)); };
    if (const auto why = reason(); why == UnknownReason::known) {
      builder.set_value(node, any_bytes(30));
    } else {
      builder.set_value_unknown(node, why);
    }
    if (const auto why = reason(); why == UnknownReason::known) {
      Permissions list;
      const auto entries = *rc::gen::inRange(1, 4);
      for (int i = 0; i < entries; ++i) {
        list.push_back({*rc::gen::arbitrary<Domid>(), *rc::gen::arbitrary<bool>(),
                        *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()});
      }
      builder.set_permissions(node, list);
    } else {
      builder.set_permissions_unknown(node, why);
    }
    builder.set_children(node, reason());
  }
  SnapshotInfo info;
  info.coverage = *rc::gen::element(Coverage::whole, Coverage::subtree, Coverage::excerpt);
  info.covered = *rc::gen::element(std::string("/"), std::string("/local/domain/1"));
  info.has_permissions = *rc::gen::arbitrary<bool>();
  info.daemon = *rc::gen::element(Daemon::unknown, Daemon::cxenstored, Daemon::oxenstored);
  info.consistency =
      *rc::gen::element(Consistency::unknown, Consistency::one_moment, Consistency::moved);
  info.host = any_bytes(20);
  if (*rc::gen::arbitrary<bool>()) info.time = *rc::gen::inRange<std::int64_t>(0, 253402300799);
  if (*rc::gen::arbitrary<bool>()) info.introduced = {0, 3, *rc::gen::inRange<Domid>(4, 32752)};
  if (*rc::gen::arbitrary<bool>()) info.targets = {{5, 3}, {7, 6}};
  if (*rc::gen::arbitrary<bool>()) info.any_domid = *rc::gen::arbitrary<bool>();
  const auto gaps = *rc::gen::inRange<std::size_t>(0, 150);
  for (std::size_t i = 0; i < gaps; ++i) info.add_gap(escape(any_bytes(9)), escape(any_bytes(30)));
  return std::move(builder).finish(std::move(info), UnknownReason::not_recorded);
}

const char* const kSmall =
    "xsaudit snapshot 1\n"
    "host dom0\n"
    "time 2026-11-21T09:35:24Z\n"
    "daemon xenstored\n"
    "consistency one-moment\n"
    "coverage whole\n"
    "permissions yes\n"
    "introduced 0 1\n"
    "gaps 0\n"
    "nodes 3\n"
    "0 / n0 . =\n"
    "1 vm n0,r1! . =a value\\n\n"
    "2 x\\x20y ?unreadable ?cut ?filtered\n"
    "end\n";

std::string without(std::string text, const std::string& part) {
  const std::size_t at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.erase(at, part.size());
}

std::string with(std::string text, const std::string& part, const std::string& instead) {
  const std::size_t at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, part.size(), instead);
}

}  // namespace

TEST_CASE("nothing of a snapshot is lost in a recording") {
  rc::prop("", [] {
    const Snapshot store = any_snapshot();
    const std::string recording = write_recording(store);
    for (const char c : recording) RC_ASSERT(c == '\n' || (c >= ' ' && c <= '~'));
    const auto again = read_dump_text(recording, "store");
    if (!again) RC_FAIL(again.error().text());
    RC_ASSERT(everything(*again) == everything(store));
    RC_ASSERT(write_recording(*again) == recording);
  });
}

TEST_CASE("a recording says what it says") {
  const auto store = read_dump_text(kSmall, "small");
  REQUIRE(store);
  CHECK(store->info().name == "small");
  CHECK(store->info().complete());
  CHECK(store->info().time == 1795253724);
  CHECK(store->info().introduced == std::vector<Domid>{0, 1});
  CHECK(store->value(store->find("/vm")) == "a value\n");
  CHECK(store->permissions(store->find("/vm"))->back().stale);
  CHECK(store->name(2) == "x y");
  CHECK(store->children_unknown(2) == UnknownReason::cut);
  CHECK(write_recording(*store) == kSmall);
}

TEST_CASE("a recording that was cut anywhere is never whole") {
  const std::string whole = kSmall;
  for (std::size_t size = std::string("xsaudit snapshot ").size(); size < whole.size(); ++size) {
    CAPTURE(size);
    const auto store = read_dump_text(whole.substr(0, size), "cut");
    if (!store) continue;
    CHECK_FALSE(store->info().complete());
    CHECK(store->presence("/local") == Presence::unknown);
  }
}

TEST_CASE("a line that no recording has is an error with its place") {
  const std::pair<std::string, std::string> edits[] = {
      {"snapshot 1", "snapshot 2"},
      {"host dom0", "guest dom0"},
      {"host dom0", "host \x1b[2J"},
      {"2026-11-21T", "2026-11-21 "},
      {"daemon x", "daemon y"},
      {"one-moment", "moment"},
      {"coverage whole", "coverage subtree a"},
      {"yes", "maybe"},
      {"introduced 0 1", "introduced 1 0"},
      {"gaps 0", "gaps -1"},
      {"gaps 0", "gaps 1"},
      {"gaps 0", "gap /vm it was cut\ngaps 0"},
      {"nodes 3", "nodes x"},
      {"0 / n0", "1 / n0"},
      {"1 vm", "3 vm"},
      {"1 vm", "0 vm"},
      {"1 vm", "1 a/b"},
      {"1 vm", "1 "},
      {"r1! .", "r1! known"},
      {"=a value", "a value"},
      {"?filtered", "?known"},
      {"value\\n", "value\\q"},
      {"value\\n", "value\\x1"},
      {"value\\n", "value\\"},
      {"2 x\\x20y", "1 vm"},
      {"end\n", "end\nend\n"},
  };
  for (const auto& [from, to] : edits) {
    CAPTURE(from, to);
    const auto store = read_dump_text(with(kSmall, from, to), "bad");
    REQUIRE_FALSE(store);
    CHECK(store.error().place.find("bad:") == 0);
    for (const char c : store.error().text()) CHECK((c >= ' ' && c <= '~'));
  }
  // Permissions without meaning are unknown, and nothing else is.
  for (const char* list : {"n0,", "q0", "n0,r1!!", "n9223372036854775808"}) {
    CAPTURE(list);
    const auto store = read_dump_text(with(kSmall, "n0,r1!", list), "odd");
    REQUIRE(store);
    CHECK(store->info().gap_count == 1);
    CHECK(store->permissions_unknown(store->find("/vm")) == UnknownReason::not_recorded);
    CHECK(store->value(store->find("/vm")) == "a value\n");
  }
  // A gap that is not counted is one all the same.
  const auto uncounted = read_dump_text(with(kSmall, "gaps 0", "gap /vm it was cut"), "uncounted");
  REQUIRE(uncounted);
  CHECK_FALSE(uncounted->info().complete());
  // Fewer or more nodes than it says.
  CHECK_FALSE(read_dump_text(without(kSmall, "1 vm n0,r1! . =a value\\n\n"), "bad"));
  const auto fewer =
      read_dump_text(without(kSmall, "2 x\\x20y ?unreadable ?cut ?filtered\n"), "few");
  REQUIRE(fewer);
  CHECK_FALSE(fewer->info().complete());
}

TEST_CASE("what is only said to be a recording is refused") {
  for (const char* text : {"x\n", "\n", "/vm = \"\"   (n0)\n"}) {
    const auto store = read_dump_text(
        text, "other", {.form = "xsaudit", .at = {}, .top_names = {}, .always = {}, .implied = {}});
    REQUIRE_FALSE(store);
    CHECK(store.error().place == "other:1");
  }
}

TEST_CASE("names as deep as none can be are refused") {
  std::string deep = "xsaudit snapshot 1\ngaps 0\nnodes 5000\n0 / n0 . =\n";
  for (int depth = 1; depth < 5000; ++depth) deep += std::to_string(depth) + " a n0 . =\n";
  const auto store = read_dump_text(deep + "end\n", "deep");
  REQUIRE_FALSE(store);
  CHECK(store.error().place == "deep:2052");
}

TEST_CASE("a listing is what xenstore-ls -fp prints") {
  SnapshotBuilder builder;
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  for (const char* path : {"/", "/a", "/a/b", "/c"}) {
    builder.set_value(builder.at(path), path == std::string("/a/b") ? every_byte : "");
    builder.set_permissions(builder.at(path), {{.domid = 0}, {.domid = 3, .read = true}});
  }
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  CHECK(write_listing(store) == printed_by_client(store, {.permissions = true}));
}

TEST_CASE("a listing leaves out what xenstore-ls does not see, and shows what it cannot read") {
  SnapshotBuilder builder;
  builder.set_value_unknown(builder.at("/@releaseDomain"), UnknownReason::not_in_form);
  builder.set_value_unknown(builder.at("/a"), UnknownReason::unreadable);
  builder.set_permissions(builder.at("/a"), {{.domid = 0}});
  builder.set_value(builder.at("/b"), "1");
  builder.set_permissions_unknown(builder.at("/b"), UnknownReason::unreadable);
  const Snapshot store = std::move(builder).finish({}, UnknownReason::known);
  CHECK(write_listing(store) == "/a:\n  (n0)\n/b = \"1\" \n");
}

}  // namespace xsaudit
