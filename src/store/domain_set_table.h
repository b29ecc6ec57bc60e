// Each distinct set of domains once, under a number, with unions and intersections of numbers: a
// store has few distinct sets, however many nodes. Guests choose permissions, so nothing here grows
// faster than what they wrote: a union of more than kMostListed listed domains is taken for
// everybody, and results are remembered in a table of fixed size. Used by one thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "store/domain_set.h"
#include "store/slot_table.h"

namespace xsaudit {

class DomainSetTable {
 public:
  using Id = std::uint32_t;
  static constexpr Id kNobody = 0;
  static constexpr std::size_t kMostListed = 100;

  // `everybody` stands in for unions that are too large.
  explicit DomainSetTable(DomainSet everybody);

  Id id(DomainSet set);
  Id united(Id a, Id b);
  Id intersected(Id a, Id b);

  // The sets by their numbers; ends the table.
  std::vector<DomainSet> take() && { return std::move(sets_); }

 private:
  struct Remembered {
    Id a = kNobody;  // never asked for with kNobody
    Id b = kNobody;
    Id result = kNobody;
  };
  using Memory = std::vector<Remembered>;
  static Remembered& remembered(Memory& memory, Id a, Id b);

  std::vector<DomainSet> sets_;
  SlotTable ids_;
  Id everybody_;
  Memory unions_;
  Memory intersections_;
};

}  // namespace xsaudit
