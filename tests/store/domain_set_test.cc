#include "store/domain_set.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <bitset>
#include <map>

namespace xsaudit {
namespace {

constexpr std::size_t kUniverse = 8;  // domains 0 to 6 may be listed; 7 stands for all others

std::bitset<kUniverse> members(const DomainSet& set) {
  std::bitset<kUniverse> bits;
  for (std::size_t domid = 0; domid < kUniverse; ++domid) {
    bits[domid] = set.contains(static_cast<Domid>(domid));
  }
  return bits;
}

// Every set over domains 0 to 3, listed or all but.
std::vector<DomainSet> all_small_sets() {
  std::vector<DomainSet> sets;
  for (unsigned bits = 0; bits < 16; ++bits) {
    std::vector<Domid> domids;
    for (Domid domid = 0; domid < 4; ++domid) {
      if ((bits >> domid) & 1) domids.push_back(domid);
    }
    sets.push_back(DomainSet::of(domids));
    sets.push_back(DomainSet::all_but(domids));
  }
  return sets;
}

TEST_CASE("a set lists domains, or all but some") {
  CHECK(DomainSet().empty());
  CHECK(DomainSet::of({}) == DomainSet());
  CHECK(DomainSet::of({3, 1, 3}).listed() == std::vector<Domid>{1, 3});
  CHECK(DomainSet::of({3, 1, 3}).size() == 2);
  CHECK_FALSE(DomainSet::all_but({0}).empty());
  CHECK(DomainSet::all_but({0}).everyone_else());
  CHECK(DomainSet::all_but({0}).contains(1));
  CHECK_FALSE(DomainSet::all_but({0}).contains(0));
  CHECK(DomainSet::all_but({0}).size() == 1);
}

TEST_CASE("union and intersection are those of the members, for all pairs of small sets") {
  const auto sets = all_small_sets();
  for (const DomainSet& a : sets) {
    for (const DomainSet& b : sets) {
      REQUIRE(members(a.united(b)) == (members(a) | members(b)));
      REQUIRE(members(a.intersected(b)) == (members(a) & members(b)));
      REQUIRE((a == b) == (members(a) == members(b)));
    }
    for (std::size_t domid = 0; domid < kUniverse; ++domid) {
      REQUIRE(members(a.without(static_cast<Domid>(domid))) == members(a).reset(domid));
    }
  }
}

TEST_CASE("the order of sets is a total one") {
  const auto sets = all_small_sets();
  std::map<DomainSet, int> table;
  for (const DomainSet& set : sets) ++table[set];
  CHECK(table.size() == sets.size());
}

TEST_CASE("a set is told in words") {
  CHECK(DomainSet().text() == "no unprivileged domain");
  CHECK(DomainSet::of({3}).text() == "domain 3");
  CHECK(DomainSet::of({5, 3}).text() == "domains 3 and 5");
  CHECK(DomainSet::of({9, 5, 3}).text() == "domains 3, 5 and 9");
  CHECK(DomainSet::all_but({}).text() == "every domain");
  CHECK(DomainSet::all_but({0}).text() == "every domain but 0");
  CHECK(DomainSet::all_but({0, 7}).text() == "every domain but 0 and 7");
}

TEST_CASE("a long list is cut after ten") {
  std::vector<Domid> domids;
  for (Domid domid = 1; domid <= 10; ++domid) domids.push_back(domid);
  CHECK(DomainSet::of(domids).text() == "domains 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10");
  domids.push_back(11);
  CHECK(DomainSet::of(domids).text() == "domains 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more");
  for (Domid domid = 12; domid <= 1000; ++domid) domids.push_back(domid);
  CHECK(DomainSet::of(domids).text() == "domains 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 990 more");
}

}  // namespace
}  // namespace xsaudit
