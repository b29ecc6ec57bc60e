#include "source/live/live_source.h"

#include <catch2/catch.hpp>

#include <map>

#include "store/path.h"
#include "support/fake_store_reader.h"

namespace xsaudit {
namespace {

using Kind = StoreRequest::Kind;
using Outcome = StoreReply::Outcome;

FakeStoreReader fixture_store(std::size_t window = 1) {
  FakeStoreReader reader(window);
  reader.add("/", "", "n0");
  reader.add("/tool/xenstored", "", "n0");
  reader.add("/local/domain/1", "", "n0,r1");
  reader.add("/local/domain/1/name", "alpha", "n0,r1");
  reader.add("/local/domain/1/data", std::string("a\0b", 3), "n1");
  reader.add("/local/domain/2", "", "n0,r2");
  reader.add("/vm", "", "n0");
  reader.add("@introduceDomain", "", "n0");
  reader.add("@releaseDomain", "", "n0,r32757");
  return reader;
}

Snapshot walked(FakeStoreReader& reader, const WalkLimits& limits = {}) {
  auto store = read_live(reader, limits);
  if (!store) FAIL(store.error().text());
  return std::move(store).value();
}

std::string gaps(const Snapshot& store) {
  std::string out;
  for (const auto& gap : store.info().gaps) out += gap.place + ": " + gap.what + "\n";
  return out;
}

// Every node with all that is known of it, one a line.
std::string everything(const Snapshot& store) {
  std::string out;
  for (NodeId node = 0; node < store.size(); ++node) {
    out += store.path(node) + " = ";
    out += store.value_unknown(node) == UnknownReason::known ? std::string(store.value(node))
                                                             : to_text(store.value_unknown(node));
    out += " (";
    out += store.permissions(node) != nullptr ? to_text(*store.permissions(node))
                                              : to_text(store.permissions_unknown(node));
    out += std::string(") ") + to_text(store.children_unknown(node)) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a walk finds every node with its value and permissions") {
  FakeStoreReader reader = fixture_store();
  const Snapshot store = walked(reader);
  CHECK(everything(store) == std::string("/ =  (n0) known\n"
                                         "/tool =  (n0) known\n"
                                         "/tool/xenstored =  (n0) known\n"
                                         "/local =  (n0) known\n"
                                         "/local/domain =  (n0) known\n"
                                         "/local/domain/1 =  (n0,r1) known\n"
                                         "/local/domain/1/name = alpha (n0,r1) known\n"
                                         "/local/domain/1/data = a") +
                                 '\0' +
                                 "b (n1) known\n"
                                 "/local/domain/2 =  (n0,r2) known\n"
                                 "/vm =  (n0) known\n"
                                 "/@introduceDomain = the daemon does not report it to clients"
                                 " (n0) known\n"
                                 "/@releaseDomain = the daemon does not report it to clients"
                                 " (n0,r32757) known\n");
  CHECK(store.info().complete());
  CHECK(store.info().coverage == Coverage::whole);
  CHECK(store.info().has_permissions);
  CHECK(store.info().kind == "live");
  CHECK(store.presence("/local/domain/3") == Presence::absent);
  // One for what daemon it is; three a node, two for the special nodes, one for each domid that is
  // named.
  CHECK(reader.requests() == 36);
}

TEST_CASE("special nodes that the daemon lists are not asked for twice") {
  FakeStoreReader reader;
  reader.add("/", "", "n0");
  reader.add("/@introduceDomain", "", "n0");
  reader.add("/@releaseDomain", "", "n0");
  const Snapshot store = walked(reader);
  CHECK(store.size() == 3);
  CHECK(store.value_unknown(store.find("/@introduceDomain")) == UnknownReason::known);
  CHECK(reader.requests() == 11);
}

TEST_CASE("a daemon that tells no permissions of special nodes is no reason for a gap") {
  FakeStoreReader without;
  without.add("/tool", "", "n0");
  const Snapshot store = walked(without);
  CHECK(store.size() == 2);
  CHECK(store.info().complete());

  FakeStoreReader older = fixture_store();
  older.fail(Kind::permissions, "@introduceDomain", Outcome::invalid);
  const Snapshot partly = walked(older);
  CHECK(partly.info().complete());
  CHECK(partly.permissions_unknown(partly.find("/@introduceDomain")) == UnknownReason::not_given);
  CHECK(partly.permissions(partly.find("/@releaseDomain")) != nullptr);

  // Of an ordinary node the same answer is a failure.
  FakeStoreReader broken = fixture_store();
  broken.fail(Kind::permissions, "/vm", Outcome::invalid);
  CHECK(gaps(walked(broken)) == "/vm: the permissions: the daemon does not know how to read it\n");
}

TEST_CASE("replies in any order make the same snapshot") {
  FakeStoreReader one_by_one = fixture_store();
  const std::string expected = everything(walked(one_by_one));
  for (const std::size_t window : {2U, 3U, 7U, 100U}) {
    for (unsigned seed = 0; seed < 50; ++seed) {
      FakeStoreReader reader = fixture_store(window);
      reader.shuffle(seed);
      CHECK(everything(walked(reader)) == expected);
      CHECK(reader.most_in_flight() > 1);
    }
  }
}

TEST_CASE("a store that fails at any request is never complete") {
  FakeStoreReader untroubled = fixture_store();
  walked(untroubled);
  const auto outcome =
      GENERATE(Outcome::refused, Outcome::too_large, Outcome::failed, Outcome::closed);
  const std::size_t window = GENERATE(std::size_t{1}, std::size_t{5});
  for (std::size_t request = 1; request <= untroubled.requests(); ++request) {
    CAPTURE(request, window, outcome);
    FakeStoreReader reader = fixture_store(window);
    reader.shuffle(static_cast<unsigned>(request));
    reader.fail_at(request, outcome);
    const auto store = read_live(reader);
    if (!store) {
      CHECK(store.error().place == "live store");
      continue;
    }
    CHECK_FALSE(store->info().complete());
    CHECK(store->info().gap_count >= 1);
    // What is said to be known is what the untroubled store has.
    for (NodeId node = 0; node < store->size(); ++node) {
      if (store->children_unknown(node) != UnknownReason::known) continue;
      FakeStoreReader again = fixture_store();
      const Snapshot whole = walked(again);
      const NodeId same = whole.find(store->path(node));
      REQUIRE(same != kNoNode);
      std::size_t children = 0;
      for (NodeId child = whole.first_child(same); child != kNoNode;
           child = whole.next_sibling(child)) {
        if (whole.name(child).front() != '@') ++children;
      }
      std::size_t found = 0;
      for (NodeId child = store->first_child(node); child != kNoNode;
           child = store->next_sibling(child)) {
        if (store->name(child).front() != '@') ++found;
      }
      CHECK(found == children);
    }
  }
}

TEST_CASE("a node that vanishes at any request is no error") {
  FakeStoreReader untroubled = fixture_store();
  walked(untroubled);
  for (std::size_t request = 2; request <= untroubled.requests(); ++request) {
    for (const std::size_t window : {1U, 4U}) {
      CAPTURE(request, window);
      FakeStoreReader reader = fixture_store(window);
      reader.vanish_at(request, "/local/domain/1");
      const Snapshot store = walked(reader);
      CHECK(store.info().complete());
      const NodeId lost = store.find("/local/domain/1");
      // Either it was read whole before it went, or it is not there.
      if (lost == kNoNode) {
        CHECK(store.find("/local/domain/1/name") == kNoNode);
        CHECK(store.presence("/local/domain/1") == Presence::absent);
      } else {
        CHECK(store.value_unknown(lost) == UnknownReason::known);
        CHECK(store.permissions(lost) != nullptr);
      }
      CHECK(store.find("/local/domain/2") != kNoNode);
      CHECK(store.find("/vm") != kNoNode);
    }
  }
}

TEST_CASE("what is refused is unknown, and a gap") {
  FakeStoreReader reader = fixture_store();
  reader.fail(Kind::value, "/local/domain/1/name", Outcome::refused);
  reader.fail(Kind::permissions, "/vm", Outcome::failed);
  reader.fail(Kind::children, "/local/domain/2", Outcome::too_large);
  reader.fail(Kind::permissions, "@releaseDomain", Outcome::refused);
  const Snapshot store = walked(reader);
  CHECK(store.value_unknown(store.find("/local/domain/1/name")) == UnknownReason::unreadable);
  CHECK(store.permissions(store.find("/local/domain/1/name")) != nullptr);
  CHECK(store.permissions_unknown(store.find("/vm")) == UnknownReason::unreadable);
  CHECK(store.presence("/local/domain/2/name") == Presence::unknown);
  CHECK(store.permissions_unknown(store.find("/@releaseDomain")) == UnknownReason::unreadable);
  CHECK(gaps(store) ==
        "/@releaseDomain: the permissions: reading it was refused\n"
        "/local/domain/1/name: the value: reading it was refused\n"
        "/local/domain/2: the children: it is larger than the daemon sends\n"
        "/vm: the permissions: reading it failed: set to fail\n");
}

TEST_CASE("a store whose root cannot be listed is an error") {
  FakeStoreReader reader = fixture_store();
  reader.fail(Kind::children, "/", Outcome::refused);
  const auto store = read_live(reader);
  REQUIRE_FALSE(store);
  CHECK(store.error().text() == "live store: '/' cannot be listed: reading it was refused");
}

TEST_CASE("names that are none are never asked for") {
  FakeStoreReader reader = fixture_store();
  for (const char* name : {"", ".", "..", "a/b", "a b", "\x1b[2J", "name/"})
    reader.list("/vm", name);
  const Snapshot store = walked(reader);  // the fake throws at an invalid path
  CHECK(store.info().gap_count == 7);
  CHECK(store.first_child(store.find("/vm")) == kNoNode);
  CHECK(store.presence("/vm/x") == Presence::unknown);
  CHECK(gaps(store).find("'\\x1b[2J'") != std::string::npos);
}

TEST_CASE("a path grows no longer than the protocol allows") {
  FakeStoreReader reader;
  std::string path = "/a";
  while (path.size() + 200 < kMaxPathBytes) path += '/' + std::string(199, 'x');
  reader.add(path, "", "n0");
  reader.list(path, std::string(199, 'y'));
  const Snapshot store = walked(reader);
  CHECK(store.info().gap_count == 1);
  CHECK(store.find(path) != kNoNode);
}

TEST_CASE("a name listed twice is one node and a gap") {
  FakeStoreReader reader = fixture_store();
  reader.list("/local/domain/1", "name");
  const Snapshot store = walked(reader);
  CHECK(gaps(store) == "/local/domain/1: the child 'name' was listed twice\n");
  CHECK(store.value(store.find("/local/domain/1/name")) == "alpha");
}

TEST_CASE("a walk stops at its limit and says so") {
  for (std::size_t limit = 1; limit < 10; ++limit) {
    for (const std::size_t window : {1U, 3U}) {
      FakeStoreReader reader = fixture_store(window);
      const Snapshot store = walked(reader, {.nodes = limit});
      CHECK(store.size() <= limit + 2);  // the special nodes lie outside the tree
      CHECK(store.info().coverage == Coverage::excerpt);
      CHECK(gaps(store) ==
            "live store: the store has more than " + std::to_string(limit) + " nodes\n");
      CHECK_FALSE(store.info().complete());
      if (limit < 4) CHECK(store.presence("/vm") == Presence::unknown);
    }
  }
}

TEST_CASE("a deep store needs no deep stack") {
  FakeStoreReader reader(16);
  std::string path;
  for (std::size_t level = 0; level < kMaxPathBytes / 2; ++level) path += "/d";
  reader.add(path, "bottom", "n1");
  const Snapshot store = walked(reader);
  CHECK(store.size() == kMaxPathBytes / 2 + 1);
  CHECK(store.value(store.find(path)) == "bottom");
}

TEST_CASE("the daemon is asked for DOMID_ANY where the store has an entry for it, and not else") {
  for (const bool counts : {true, false}) {
    FakeStoreReader reader;
    reader.set_any_domid(counts);
    reader.add("/vm/x", "", "n0,r5");
    CHECK(walked(reader).info().any_domid == std::nullopt);
    CHECK(reader.asked_for_any_domid() == 0);
    reader.add("/vm/y", "", "n0,r5,b32757");
    CHECK(walked(reader).info().any_domid == counts);
    CHECK(reader.asked_for_any_domid() == 1);
  }
  FakeStoreReader oxenstored = fixture_store();
  oxenstored.add("/@releaseDomain", "", "n0,r32757");
  CHECK(walked(oxenstored).info().any_domid == std::nullopt);
  CHECK(oxenstored.asked_for_any_domid() == 0);
}

TEST_CASE("the daemon is asked which of the domains that the store mentions are introduced") {
  for (const std::size_t window : {1U, 2U, 100U}) {
    FakeStoreReader reader = fixture_store(window);
    reader.shuffle(7);
    for (const Domid domid : {0U, 2U, 8U}) reader.introduce(domid);
    // Named by nothing but a list; and names that are no domids.
    reader.add("/vm/32752", "", "n0,r8,r32757");
    reader.add("/vm/007", "", "n0");
    reader.add("/vm/99999", "", "n0");
    CHECK(walked(reader).info().introduced == std::vector<Domid>{0, 2, 8});
  }
}

TEST_CASE("a domain that comes while the store is read is known to be there") {
  FakeStoreReader untroubled = fixture_store();
  walked(untroubled);
  for (std::size_t request = 1; request <= untroubled.requests(); ++request) {
    CAPTURE(request);
    FakeStoreReader reader = fixture_store();
    reader.happens_at(request, [&] {
      reader.introduce(2);
      reader.note_introduced();
    });
    CHECK(walked(reader).info().introduced == std::vector<Domid>{2});
  }
}

TEST_CASE("which domains are introduced is not known if one could not be asked for") {
  const auto outcome = GENERATE(Outcome::refused, Outcome::failed, Outcome::closed);
  FakeStoreReader all;
  all.add("/0/1/2/3", "", "n0");
  walked(all);
  for (std::size_t last = 0; last < 4; ++last) {
    FakeStoreReader reader(3);
    reader.add("/0/1/2/3", "", "n0");
    reader.fail_at(all.requests() - last, outcome);
    const Snapshot store = walked(reader);
    CHECK_FALSE(store.info().introduced.has_value());
    CHECK_FALSE(store.info().complete());
  }
}

}  // namespace xsaudit
