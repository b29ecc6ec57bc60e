// The mirror of a store that changes at random, over real daemons: it must equal a fresh reading.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <future>
#include <map>
#include <string>

#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "source/live/store_mirror.h"
#include "support/random_changes.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<StoreReader> reader_of_wire() {
  auto reader = open_reader({.way = ReaderOptions::Way::wire, .timeout = 1min});
  REQUIRE(reader);
  return *std::move(reader);
}

Snapshot read_anew() {
  auto store = read_live(*reader_of_wire());
  REQUIRE(store);
  return *std::move(store);
}

StoreMirror::News follow(StoreMirror& mirror) {
  auto news = mirror.follow();
  if (!news) FAIL(news.error().text());
  return *std::move(news);
}

// The store as the news tell it: what was there, and each change since.
class Replayed {
 public:
  explicit Replayed(const StoreMirror& mirror) { begin(mirror); }
  void add(const StoreMirror::News& news, const StoreMirror& mirror) {
    if (news.read_anew) return begin(mirror);
    for (const NodeChange& change : news.changes) {
      if (change.after.present) {
        nodes_[change.path] = text_of(change.after.value, change.after.permissions);
        continue;
      }
      const std::string below = change.path + "/";
      std::erase_if(nodes_, [&](const auto& node) {
        return node.first == change.path || node.first.starts_with(below);
      });
    }
  }
  void check(const StoreMirror& mirror) const { CHECK(nodes_ == Replayed(mirror).nodes_); }

 private:
  static std::string text_of(std::string_view value, const Permissions& permissions) {
    return std::string(value) + " " + to_text(permissions);
  }
  void begin(const StoreMirror& mirror) {
    const auto store = mirror.snapshot();
    REQUIRE(store);
    nodes_.clear();
    for (NodeId node = 0; node < store->size(); ++node) {
      const Permissions* const list = store->permissions(node);
      nodes_[store->path(node)] =
          text_of(store->value(node), list == nullptr ? Permissions() : *list);
    }
  }
  std::map<std::string, std::string> nodes_;
};

void follow_to_the_end(StoreMirror& mirror, Replayed& replayed) {
  for (int turn = 0; turn < 1000; ++turn) {
    const auto news = follow(mirror);
    replayed.add(news, mirror);
    if (!news.read_anew && news.changes.empty()) return;
  }
  FAIL("the store never came to rest");
}

void check_equal(const StoreMirror& mirror) {
  const Snapshot fresh = read_anew();
  auto copy = mirror.snapshot();
  REQUIRE(copy);
  CHECK(first_difference(*copy, fresh).empty());
  CHECK(copy->info().introduced == fresh.info().introduced);
  CHECK(copy->info().gaps.empty());
}

// XSAUDIT_MIRROR_ROUNDS: the number of times that a thousand changes are made.
int rounds() {
  const char* const text = std::getenv("XSAUDIT_MIRROR_ROUNDS");
  return text == nullptr ? 2 : std::atoi(text);
}

}  // namespace

TEST_CASE("a mirror equals a fresh reading after any changes") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    for (int domid = 1; domid < 4; ++domid) {
      control.write("/local/domain/" + std::to_string(domid) + "/name", "a");
    }
    const auto reader = reader_of_wire();
    StoreMirror mirror(*reader, {}, 1min);
    REQUIRE(mirror.start());
    check_equal(mirror);
    RandomChanges changes(daemon, control, 23);
    Replayed replayed(mirror);
    for (int round = 0; round < rounds(); ++round) {
      // The store changes while the mirror reads it.
      auto made = std::async(std::launch::async, [&] {
        for (int i = 0; i < 1000; ++i) changes.make();
      });
      while (made.wait_for(0s) != std::future_status::ready) {
        replayed.add(follow(mirror), mirror);
      }
      made.get();
      follow_to_the_end(mirror, replayed);
      replayed.check(mirror);
      CAPTURE(round);
      check_equal(mirror);
      const auto checked = mirror.check();
      if (!checked) FAIL(checked.error().text());
      CHECK(checked->differing.empty());
      replayed.add(*checked, mirror);
    }
    reader->unwatch();
  });
}

TEST_CASE("a mirror names the nodes that differ, and what they were") {
  with_each_daemon([](RunningDaemon&) {
    XenstoreClient control;
    control.write("/a/b", "one");
    control.write("/a/b/c", "kept");
    const auto reader = reader_of_wire();
    StoreMirror mirror(*reader, {}, 1min);
    REQUIRE(mirror.start());
    const auto next = [&] {
      for (int turn = 0; turn < 20; ++turn) {
        auto news = follow(mirror);
        CHECK_FALSE(news.missed);
        if (news.read_anew || !news.changes.empty()) return news;
      }
      FAIL("there was no change");
      return StoreMirror::News();
    };
    control.write("/a/b", "two");
    auto news = next();
    REQUIRE(news.changes.size() == 1);
    CHECK(news.changes[0].path == "/a/b");
    CHECK(news.changes[0].before.value == "one");
    CHECK(news.changes[0].after.value == "two");
    // The parent of the new node has no event.
    control.write("/x/y", "new");
    news = next();
    REQUIRE(news.changes.size() == 2);
    CHECK(news.changes[0].path == "/x");
    CHECK_FALSE(news.changes[0].before.present);
    CHECK(news.changes[1].path == "/x/y");
    CHECK(news.changes[1].after.value == "new");
    control.remove("/a");
    news = next();
    REQUIRE(news.changes.size() == 3);
    for (const auto& change : news.changes) CHECK_FALSE(change.after.present);
    reader->unwatch();
  });
}

}  // namespace xsaudit
