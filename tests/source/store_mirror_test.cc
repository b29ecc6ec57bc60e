#include "source/live/store_mirror.h"

#include <catch2/catch.hpp>

#include "support/fake_store_reader.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;

void fill(FakeStoreReader& reader) {
  reader.add("/a", "", "n0");
  reader.add("/a/b", "one", "n1");
  reader.add("/c", "", "n0");
  reader.introduce(1);
}

// What is done with a mirror, and the news of it.
using Step = Result<StoreMirror::News> (*)(StoreMirror& mirror);
Result<StoreMirror::News> follow(StoreMirror& mirror) { return mirror.follow(); }
Result<StoreMirror::News> check(StoreMirror& mirror) { return mirror.check(); }

}  // namespace

TEST_CASE("changes that were not recorded are news, whenever that happens") {
  for (const Step step : {follow, check}) {
    std::size_t last = 0;
    for (std::size_t request = 1; last == 0 || request <= last; ++request) {
      FakeStoreReader reader;
      fill(reader);
      StoreMirror mirror(reader, {}, 1min);
      REQUIRE(mirror.start());
      reader.note_all_changed();
      bool noted = false;
      reader.happens_at(reader.requests() + request, [&] {
        reader.note_missed();
        noted = true;
      });
      CAPTURE(step == check, request);
      const auto news = step(mirror);
      REQUIRE(news);
      CHECK(news->read_anew);
      CHECK(news->missed == noted);
      if (!noted) last = request;
      // Said once.
      const auto later = mirror.follow();
      REQUIRE(later);
      CHECK_FALSE(later->missed);
    }
    CHECK(last > 5);
  }
}

TEST_CASE("changes that were not recorded twice are news once") {
  FakeStoreReader reader;
  fill(reader);
  StoreMirror mirror(reader, {}, 1min);
  REQUIRE(mirror.start());
  reader.note_missed();
  reader.happens_at(reader.requests() + 1, [&] { reader.note_missed(); });
  const auto news = mirror.follow();
  REQUIRE(news);
  CHECK(news->missed);
  reader.note_all_changed();
  const auto later = mirror.follow();
  REQUIRE(later);
  CHECK(later->read_anew);
  CHECK_FALSE(later->missed);
}

TEST_CASE("what changes before a second reading is news, although all is read again") {
  FakeStoreReader reader;
  fill(reader);
  StoreMirror mirror(reader, {}, 1min);
  REQUIRE(mirror.start());
  reader.add("/a/b", "two", "n1");
  reader.note_change("/a/b");
  const auto news = mirror.check();
  REQUIRE(news);
  CHECK(news->read_anew);
  REQUIRE(news->changes.size() == 1);
  CHECK(news->changes[0].path == "/a/b");
  CHECK(news->changes[0].before.value == "one");
  CHECK(news->changes[0].after.value == "two");
  CHECK(news->differing.empty());
}

TEST_CASE("a node that is found to be gone when its children are asked for is news") {
  FakeStoreReader reader;
  fill(reader);
  StoreMirror mirror(reader, {}, 1min);
  REQUIRE(mirror.start());
  // It has a new child, and is removed before the mirror asks.
  reader.note_change("/a/b/new");
  reader.remove("/a/b");
  const auto news = mirror.follow();
  REQUIRE(news);
  REQUIRE(news->changes.size() == 1);
  CHECK(news->changes[0].path == "/a/b");
  CHECK(news->changes[0].before.value == "one");
  CHECK_FALSE(news->changes[0].after.present);
}

TEST_CASE("a difference of which no change was reported is named") {
  FakeStoreReader reader;
  fill(reader);
  StoreMirror mirror(reader, {}, 1min);
  REQUIRE(mirror.start());
  reader.add("/a/b", "two", "n1");
  const auto news = mirror.check();
  REQUIRE(news);
  CHECK(news->differing == "/a/b");
  const auto again = mirror.check();
  REQUIRE(again);
  CHECK(again->differing.empty());
}

TEST_CASE("domains that come during a second reading are news") {
  FakeStoreReader reader;
  fill(reader);
  StoreMirror mirror(reader, {}, 1min);
  REQUIRE(mirror.start());
  reader.add("/local/domain/2", "", "n0");
  reader.note_change("/local/domain/2");
  reader.introduce(2);
  reader.note_introduced();
  const auto news = mirror.check();
  REQUIRE(news);
  CHECK(news->domains);
}

}  // namespace xsaudit
