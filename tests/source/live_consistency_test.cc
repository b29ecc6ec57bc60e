// A store that changes while it is walked.
#include <catch2/catch.hpp>

#include "source/live/live_source.h"
#include "support/fake_store_reader.h"

namespace xsaudit {
namespace {

FakeStoreReader fixture_store(std::size_t window = 1) {
  FakeStoreReader reader(window);
  reader.add("/", "", "n0");
  reader.add("/a/one", "1", "n0");
  reader.add("/a/two", "1", "n0");
  reader.add("/b/x/y", "deep", "n0");
  return reader;
}

Snapshot walked(FakeStoreReader& reader) {
  auto store = read_live(reader);
  if (!store) FAIL(store.error().text());
  return std::move(store).value();
}

std::string everything(const Snapshot& store) {
  std::string out;
  for (NodeId node = 1; node < store.size(); ++node) {
    if (store.name(node).front() == '@') continue;
    out += store.path(node) + "=" + std::string(store.value(node)) + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("a store at rest is one moment") {
  FakeStoreReader reader = fixture_store();
  const Snapshot store = walked(reader);
  CHECK_FALSE(reader.watched());
  CHECK(store.info().consistency == Consistency::one_moment);
  CHECK(store.info().time.has_value());
}

TEST_CASE("what changes at any request ends up as it is at the end") {
  FakeStoreReader untroubled = fixture_store();
  walked(untroubled);
  const std::size_t requests = untroubled.requests();
  struct Change {
    const char* noticed;
    void (*happen)(FakeStoreReader&);
  };
  const Change changes[] = {
      {"/a/one", [](FakeStoreReader& store) { store.add("/a/one", "2", "r0"); }},
      // Its parents come without a word.
      {"/c/d/e", [](FakeStoreReader& store) { store.add("/c/d/e", "new", "n0"); }},
      {"/b", [](FakeStoreReader& store) { store.remove("/b"); }},
      // Another of the same name, with other children.
      {"/b",
       [](FakeStoreReader& store) {
         store.remove("/b");
         store.note_change("/b/z");
         store.add("/b/z", "other", "n0");
       }},
  };
  for (const Change& change : changes) {
    for (const std::size_t window : {1U, 5U}) {
      for (std::size_t request = 1; request <= requests; ++request) {
        CAPTURE(change.noticed, window, request);
        FakeStoreReader reader = fixture_store(window);
        reader.happens_at(request, [&] {
          change.happen(reader);
          reader.note_change(change.noticed);
        });
        const Snapshot store = walked(reader);
        FakeStoreReader after = fixture_store();
        change.happen(after);
        static_cast<void>(after.changes());
        CHECK(everything(store) == everything(walked(after)));
        CHECK(store.info().consistency == Consistency::one_moment);
        CHECK(store.info().complete());
      }
    }
  }
}

TEST_CASE("a domain that goes has everything read again") {
  FakeStoreReader reader = fixture_store();
  reader.happens_at(5, [&] {
    reader.add("/a/one", "2", "n0");
    reader.note_all_changed();
  });
  const Snapshot store = walked(reader);
  CHECK(store.value(store.find("/a/one")) == "2");
  CHECK(store.info().consistency == Consistency::one_moment);
}

TEST_CASE("a store that never rests names what moved") {
  FakeStoreReader reader = fixture_store();
  for (std::size_t request = 1; request < 100'000; ++request) {
    reader.happens_at(request, [&reader] { reader.note_change("/a/one"); });
  }
  const Snapshot store = walked(reader);
  CHECK(store.info().consistency == Consistency::moved);
  CHECK_FALSE(store.info().complete());
  bool named = false;
  for (const auto& gap : store.info().gaps) named = named || gap.place == "/a/one";
  CHECK(named);
  CHECK(reader.requests() < 2'000);
}

TEST_CASE("a store in which domains come and go without end is read a few times at most") {
  FakeStoreReader reader = fixture_store();
  for (std::size_t request = 1; request < 100'000; ++request) {
    reader.happens_at(request, [&reader] { reader.note_all_changed(); });
  }
  const Snapshot store = walked(reader);
  CHECK(store.info().consistency == Consistency::moved);
  CHECK_FALSE(store.info().complete());
  CHECK(reader.requests() < 200);
}

// A store in which two nodes, far apart, change together at every request.
FakeStoreReader restless_store() {
  FakeStoreReader reader = fixture_store();
  reader.add("/@introduceDomain", "", "n0");  // as oxenstored lists them
  reader.add("/@releaseDomain", "", "n0");
  return reader;
}

void change_at_every_request(FakeStoreReader& reader, bool domains_go) {
  for (std::size_t request = 1; request < 10'000; ++request) {
    reader.happens_at(request, [&reader, request, domains_go] {
      for (const char* path : {"/a/one", "/b/x/y"}) {
        reader.add(path, std::to_string(request), "n0");
        reader.note_change(path);
      }
      if (domains_go) reader.note_all_changed();
    });
  }
}

TEST_CASE("a store that never rests is one moment in a transaction, where these are no burden") {
  FakeStoreReader reader = restless_store();
  change_at_every_request(reader, false);
  reader.allow_transactions();
  const Snapshot store = walked(reader);
  CHECK(store.info().consistency == Consistency::one_moment);
  CHECK(store.info().complete());
  CHECK(store.value(store.find("/a/one")) == store.value(store.find("/b/x/y")));
  CHECK(store.info().introduced.has_value());

  CHECK_FALSE(reader.watched_everything());
}

TEST_CASE("a transaction that does not last is begun anew, a few times at most") {
  FakeStoreReader reader = restless_store();
  change_at_every_request(reader, false);
  reader.allow_transactions();
  reader.lose_transactions(2);
  const Snapshot store = walked(reader);
  CHECK(store.info().consistency == Consistency::one_moment);
  CHECK(store.info().complete());
  CHECK(store.value(store.find("/a/one")) == store.value(store.find("/b/x/y")));

  FakeStoreReader without = restless_store();
  change_at_every_request(without, false);
  without.allow_transactions();
  without.lose_transactions(1'000);
  const Snapshot torn = walked(without);
  CHECK(torn.info().consistency == Consistency::unknown);
  CHECK_FALSE(torn.info().complete());
  CHECK(without.requests() < 300);
}

TEST_CASE(
    "which domains there were at the moment of a transaction is not known if some have gone") {
  FakeStoreReader reader = restless_store();
  change_at_every_request(reader, true);
  reader.allow_transactions();
  const Snapshot store = walked(reader);
  CHECK(store.info().consistency == Consistency::one_moment);
  CHECK(store.value(store.find("/a/one")) == store.value(store.find("/b/x/y")));
  CHECK_FALSE(store.info().introduced.has_value());
  CHECK_FALSE(store.info().complete());
  CHECK(reader.requests() < 300);
}

// A watch of "/" can hold back the writers of oxenstored.
TEST_CASE("a store that is large for a transaction is read without a watch, and not called whole") {
  FakeStoreReader reader = restless_store();
  reader.allow_transactions();
  WalkLimits limits;
  limits.nodes_in_transaction = 4;
  const auto store = read_live(reader, limits);
  REQUIRE(store);
  CHECK(store->value(store->find("/b/x/y")) == "deep");
  CHECK(store->info().consistency == Consistency::unknown);
  CHECK_FALSE(store->info().complete());
  CHECK_FALSE(reader.watched_everything());
}

TEST_CASE("C xenstored is never asked for a transaction") {
  FakeStoreReader reader = fixture_store();
  change_at_every_request(reader, false);
  reader.allow_transactions();
  CHECK(walked(reader).info().consistency == Consistency::moved);
}

TEST_CASE("more changes than are remembered are everything") {
  WatchLog log;
  const auto note_until = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) log.note("/a/" + std::to_string(i));
  };
  note_until(StoreChanges::kMaxPaths);
  log.note("/a/0");  // once more
  CHECK_FALSE(log.take().all);
  note_until(StoreChanges::kMaxPaths + 1);
  CHECK(log.take().all);
  log.note("/a/0");
  const StoreChanges after = log.take();
  CHECK_FALSE(after.all);
  CHECK(after.paths == std::vector<std::string>{"/a/0"});
}

TEST_CASE("where changes cannot be noticed the snapshot is not said to be whole") {
  FakeStoreReader reader = fixture_store();
  reader.refuse_to_watch();
  const Snapshot store = walked(reader);
  CHECK(store.info().consistency == Consistency::unknown);
  CHECK_FALSE(store.info().complete());
}

}  // namespace xsaudit
