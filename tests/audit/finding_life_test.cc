#include "audit/finding_life.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using What = FindingEvent::What;

Finding finding(const std::string& fingerprint, const std::string& path = "/a") {
  Finding one;
  one.fingerprint = fingerprint;
  one.path = path;
  return one;
}

FindingLife::Time at(std::chrono::milliseconds time) { return FindingLife::Time(time); }

// "new 1", one for each event.
std::vector<std::string> texts(const std::vector<FindingEvent>& events) {
  std::vector<std::string> all;
  for (const FindingEvent& event : events) {
    all.push_back(to_text(event.what) + (" " + event.finding.fingerprint));
  }
  return all;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a finding appears once, goes once, and comes back") {
  FindingLife life;
  CHECK(texts(life.update({finding("1"), finding("2")}, false, at(0ms))) ==
        Texts{"new 1", "new 2"});
  CHECK(life.update({finding("2"), finding("1")}, false, at(10ms)).empty());
  const auto gone = life.update({finding("2")}, false, at(25ms));
  CHECK(texts(gone) == Texts{"gone 1"});
  CHECK(gone[0].lasted == 25ms);
  CHECK_FALSE(life.has(finding("1")));
  CHECK(life.has(finding("2")));
  CHECK(texts(life.update({finding("1"), finding("2")}, false, at(30ms))) == Texts{"back 1"});
  CHECK(life.size() == 2);
}

TEST_CASE("the same fault at two places is two findings") {
  FindingLife life;
  CHECK(life.update({finding("1", "/a"), finding("1", "/b"), finding("1", "/b")}, false, at(0ms))
            .size() == 2);
}

TEST_CASE("a fault that two readings confirmed is there until they show that it is not") {
  FindingLife life;
  CHECK(texts(life.update({finding("1")}, true, at(0ms))) == Texts{"new 1"});
  CHECK(life.update({}, false, at(1ms)).empty());
  CHECK(texts(life.update({}, true, at(2ms))) == Texts{"gone 1"});
  // Seen by one reading, it needs no second one.
  CHECK(texts(life.update({finding("1")}, true, at(3ms))) == Texts{"back 1"});
  CHECK(life.update({finding("1")}, false, at(4ms)).empty());
  CHECK(texts(life.update({}, false, at(5ms))) == Texts{"gone 1"});
}

TEST_CASE("what went is remembered up to a limit") {
  FindingLife life;
  life.update({finding("first")}, false, at(0ms));
  std::vector<Finding> many;
  for (std::size_t i = 0; i < FindingLife::kMaxGone; ++i) {
    many.push_back(finding(std::to_string(i)));
  }
  life.update(many, false, at(1ms));
  life.update({}, false, at(2ms));
  CHECK(texts(life.update({finding("first")}, false, at(3ms))) == Texts{"new first"});
  CHECK(texts(life.update({finding("first"), finding("7")}, false, at(4ms))) == Texts{"back 7"});
}

TEST_CASE("a finding that is still there is repeated after a time without events") {
  FindingLife life;
  life.update({finding("1")}, false, at(0ms));
  life.update({finding("1"), finding("2")}, false, at(6s));
  CHECK(life.still_there(at(9s), 10s).empty());
  const auto reminded = life.still_there(at(10s), 10s);
  CHECK(texts(reminded) == Texts{"still 1"});
  CHECK(reminded[0].lasted == 10s);
  CHECK(life.still_there(at(15s), 10s).empty());
  CHECK(texts(life.still_there(at(20s), 10s)) == Texts{"still 1", "still 2"});
  life.update({}, false, at(21s));
  CHECK(life.still_there(at(40s), 10s).empty());
}

}  // namespace xsaudit
