#include "store/domain_set.h"

#include <catch2/catch.hpp>

#include <random>

namespace xsaudit {
namespace {

using Id = DomainSetTable::Id;

TEST_CASE("equal sets have equal numbers, and nobody has the first") {
  DomainSetTable table(DomainSet::all_but({0}));
  CHECK(table.id(DomainSet()) == DomainSetTable::kNobody);
  CHECK(table.id(DomainSet::of({1, 2})) == table.id(DomainSet::of({2, 1})));
  CHECK(table.id(DomainSet::of({1})) != table.id(DomainSet::all_but({1})));
  CHECK(table.id(DomainSet::of({})) != table.id(DomainSet::all_but({})));
}

TEST_CASE("unions and intersections by number are those of the sets, however often asked") {
  std::mt19937 random;  // the same sets on every run
  const auto some_set = [&] {
    std::vector<Domid> domids(random() % 5);
    for (Domid& domid : domids) domid = static_cast<Domid>(random() % 10);
    return random() % 3 == 0 ? DomainSet::all_but(domids) : DomainSet::of(domids);
  };
  DomainSetTable table(DomainSet::all_but({0}));
  std::vector<DomainSet> sets;
  std::vector<Id> ids;
  struct Answer {
    DomainSet set;
    Id id;
  };
  std::vector<Answer> answers;
  for (int i = 0; i < 200; ++i) {
    sets.push_back(some_set());
    ids.push_back(table.id(sets.back()));
  }
  // More pairs than are remembered.
  for (int round = 0; round < 2; ++round) {
    for (std::size_t a = 0; a < sets.size(); ++a) {
      for (std::size_t b = 0; b < sets.size(); ++b) {
        answers.push_back({sets[a].united(sets[b]), table.united(ids[a], ids[b])});
        answers.push_back({sets[a].intersected(sets[b]), table.intersected(ids[a], ids[b])});
      }
    }
  }
  const std::vector<DomainSet> taken = std::move(table).take();
  for (const Answer& answer : answers) REQUIRE(taken[answer.id] == answer.set);
}

TEST_CASE("a union of too many is everybody") {
  std::vector<Domid> domids;
  for (Domid domid = 1; domid <= Domid{DomainSetTable::kMaxListed}; ++domid)
    domids.push_back(domid);
  DomainSetTable table(DomainSet::all_but({0}));
  const Id most = table.id(DomainSet::of(domids));
  CHECK(table.united(most, table.id(DomainSet::of({1}))) == most);
  CHECK(table.united(most, table.id(DomainSet::of({1000}))) == table.id(DomainSet::all_but({0})));
}

}  // namespace
}  // namespace xsaudit
