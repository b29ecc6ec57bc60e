#include "store/node_change.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

using namespace std::chrono_literals;

NodeFacts value(const std::string& text) { return {.present = true, .value = text}; }

NodeChange change(const std::string& path, const NodeFacts& before, const NodeFacts& after,
                  std::chrono::milliseconds time) {
  return {path, before, after, std::chrono::steady_clock::time_point(time)};
}

}  // namespace

TEST_CASE("a value that was put back passed") {
  const auto passing = passing_states({change("/a", value("own"), value("forged"), 5ms),
                                       change("/b", value("1"), value("2"), 6ms),
                                       change("/a", value("forged"), value("own"), 9ms)});
  REQUIRE(passing.size() == 1);
  CHECK(passing[0].path == "/a");
  CHECK(passing[0].facts.value == "forged");
  CHECK(passing[0].times == 1);
  CHECK(passing[0].lasted == 4ms);
}

TEST_CASE("the same state more than once is one, with all of its time") {
  std::vector<NodeChange> changes;
  for (int i = 0; i < 6; i += 2) {
    changes.push_back(
        change("/a", value("own"), value("forged"), std::chrono::milliseconds(10 * i)));
    changes.push_back(
        change("/a", value("forged"), value("own"), std::chrono::milliseconds(10 * i + 3)));
  }
  const auto passing = passing_states(changes);
  REQUIRE(passing.size() == 1);
  CHECK(passing[0].times == 3);
  CHECK(passing[0].lasted == 9ms);
}

TEST_CASE("permissions pass as values do") {
  NodeFacts open = value("v");
  open.permissions = {{.domid = 0, .write = true}};
  const auto passing =
      passing_states({change("/a", value("v"), open, 1ms), change("/a", open, value("v"), 2ms)});
  REQUIRE(passing.size() == 1);
  CHECK(passing[0].facts.permissions == open.permissions);
}

TEST_CASE("what a node is before or after the changes did not pass") {
  CHECK(passing_states({}).empty());
  CHECK(passing_states({change("/a", value("1"), value("2"), 1ms)}).empty());
  CHECK(passing_states(
            {change("/a", value("1"), value("2"), 1ms), change("/a", value("2"), value("2"), 2ms)})
            .empty());
  CHECK(passing_states(
            {change("/a", value("1"), value("1"), 1ms), change("/a", value("1"), value("2"), 2ms)})
            .empty());
}

TEST_CASE("nodes that come or go have no passing states") {
  CHECK(
      passing_states({change("/a", {}, value("1"), 1ms), change("/a", value("1"), value("2"), 2ms),
                      change("/a", value("2"), value("3"), 3ms)})
          .empty());
  CHECK(
      passing_states({change("/a", value("1"), value("2"), 1ms), change("/a", value("2"), {}, 2ms)})
          .empty());
  // Absent in between is no state of the node.
  CHECK(passing_states({change("/a", value("1"), {}, 1ms), change("/a", {}, value("1"), 2ms)})
            .empty());
}

}  // namespace xsaudit
